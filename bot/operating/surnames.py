"""How frequent surnames are spelled, to propose a person's key."""

from __future__ import annotations

SPELLED = """
王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 黄 huang 赵 zhao 吴 wu 周 zhou 徐 xu 孙 sun 马 ma 朱 zhu 胡 hu
郭 guo 何 he 高 gao 林 lin 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 xu 韩 han 冯 feng 邓 deng 曹 cao
彭 peng 曾 zeng 肖 xiao 田 tian 董 dong 袁 yuan 潘 pan 于 yu 蒋 jiang 蔡 cai 余 yu 杜 du 叶 ye 程 cheng 苏 su
魏 wei 吕 lv 丁 ding 任 ren 沈 shen 姚 yao 卢 lu 姜 jiang 崔 cui 钟 zhong 谭 tan 陆 lu 汪 wang 范 fan 金 jin
石 shi 廖 liao 贾 jia 夏 xia 韦 wei 付 fu 方 fang 白 bai 邹 zou 孟 meng 熊 xiong 秦 qin 邱 qiu 江 jiang 尹 yin
薛 xue 闫 yan 段 duan 雷 lei 侯 hou 龙 long 史 shi 陶 tao 黎 li 贺 he 顾 gu 毛 mao 郝 hao 龚 gong 邵 shao 万 wan
钱 qian 严 yan 覃 qin 武 wu 戴 dai 莫 mo 孔 kong 向 xiang 汤 tang 常 chang 温 wen 康 kang 施 shi 文 wen 牛 niu
樊 fan 葛 ge 邢 xing 安 an 齐 qi 易 yi 乔 qiao 伍 wu 庞 pang 颜 yan 倪 ni 庄 zhuang 聂 nie 章 zhang 鲁 lu 岳 yue
翟 zhai 殷 yin 詹 zhan 申 shen 欧 ou 耿 geng 关 guan 兰 lan 焦 jiao 俞 yu 左 zuo 柳 liu 甘 gan 祝 zhu 包 bao
宁 ning 尚 shang 符 fu 舒 shu 阮 ruan 柯 ke 纪 ji 梅 mei 童 tong 凌 ling 毕 bi 单 shan 季 ji 裴 pei 霍 huo 涂 tu
成 cheng 苗 miao 谷 gu 盛 sheng 曲 qu 翁 weng 冉 ran 骆 luo 蓝 lan 路 lu 游 you 辛 xin 靳 jin 管 guan 柴 chai
蒙 meng 鲍 bao 华 hua 喻 yu 祁 qi 蒲 pu 房 fang 滕 teng 屈 qu 饶 rao 解 xie 牟 mou 艾 ai 尤 you 阳 yang 时 shi
穆 mu 农 nong 司 si 欧阳 ouyang 司马 sima 上官 shangguan 诸葛 zhuge 东方 dongfang 夏侯 xiahou
"""
_words = SPELLED.split()
SURNAMES = dict(zip(_words[::2], _words[1::2], strict=True))
