"""When customers are contacted again, and what a store's designers are good at: the store's settings (HANDBOOK 2)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

Short = Annotated[str, Field(min_length=1, max_length=20)]


class Budget(StrEnum):
    """What a whole home may cost, up to 100,000, 200,000, 300,000, 500,000 yuan, or more."""

    UP_TO_10 = "10"
    UP_TO_20 = "20"
    UP_TO_30 = "30"
    UP_TO_50 = "50"
    MORE = "more"


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class DesignerProfile(_Settings):
    """A designer as customers are told of them (HANDBOOK 2.2); `design_fee` in yuan a square metre, 0 if not said."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    styles: tuple[Short, ...] = ()
    strengths: tuple[Short, ...] = ()
    budgets: tuple[Budget, ...] = ()
    design_fee: int = Field(default=0, ge=0, le=10_000)


class CustomerRules(_Settings):
    """HANDBOOK 2.2 2.3 4: when a customer is contacted again, by grade, how long they are kept, whom to recommend."""

    first_within_hours: int = Field(default=24, ge=1, le=168)
    days_a: int = Field(default=2, ge=1, le=365)
    days_b: int = Field(default=7, ge=1, le=365)
    days_c: int = Field(default=30, ge=1, le=365)
    keep_lost_months: int = Field(default=12, ge=1, le=36)
    keep_signed_months: int = Field(default=60, ge=12, le=180)
    numbers_on_telegram: bool = False
    designers: tuple[DesignerProfile, ...] = ()

    @field_validator("designers")
    @classmethod
    def designers_differ(cls, designers: tuple[DesignerProfile, ...]) -> tuple[DesignerProfile, ...]:
        """`index` and `field` in the error name the second of two."""
        keys = [one.key for one in designers]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                context = {"said": key, "index": index, "field": "key"}
                raise PydanticCustomError("store.designer_twice", "{said} is described twice", context)
        return designers
