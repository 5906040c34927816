"""What the words of a vocabulary have in common."""

from enum import StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import literal_schema, no_info_after_validator_function


class Word(StrEnum):
    """A string that is one of a few, shown as any string. OpenAPI lists them where they are used, like a `Literal`."""

    __repr__ = str.__repr__

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(cls, literal_schema([word.value for word in cls]))
