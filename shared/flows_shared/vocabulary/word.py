"""What the words of a vocabulary have in common."""

from enum import StrEnum
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import literal_schema, no_info_after_validator_function


class Word(StrEnum):
    """A string that is one of a few. OpenAPI shows them where they are used, as it does with a `Literal`."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(cls, literal_schema([word.value for word in cls]))
