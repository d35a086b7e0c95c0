"""WeCom (企业微信) by its own API: what it calls with is stored first, what goes out are cards, texts and files.

No package was fit for it (their tokens and retries lose messages), so this is a thin client of our own.
"""
