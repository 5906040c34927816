"""How much one request may ask for: what people and programs write fits easily, what is made to tie us up does not."""

from dataclasses import dataclass

from flows_api.rest.errors import QueryStringWrong


@dataclass(frozen=True)
class Limits:
    """`terms` are columns, conditions or orders of one parameter; `name_length` is in characters.

    `depth` is that of conditions within conditions and of a path into JSON. `embeds` counts all related relations of a
    request, `embed_depth` those within one another.
    """

    terms: int = 1_000
    name_length: int = 1_000
    depth: int = 100
    embeds: int = 50
    embed_depth: int = 6


class TooMuchAsked(QueryStringWrong):
    """Refused as it is read, before more work goes into it."""

    def __init__(self, kind: str, most: str) -> None:
        super().__init__(f'"failed to parse {kind}"', details=most)
