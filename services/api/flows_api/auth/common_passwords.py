"""Passwords that are guessed first: runs of keys, few characters over and over, and a common word with a decoration."""

from typing import Final

FEWEST_CHARACTERS: Final = 5
RUNS: Final = tuple(
    run * 3
    for line in (
        "0123456789",
        "1234567890",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjklzxcvbnm",
        "1q2w3e4r5t6y7u8i9o0p",
    )
    for run in (line, line[::-1])
)
LOOKALIKES: Final = str.maketrans("013457@$!", "oieastasi")
DECORATION: Final = "0123456789!@#$%&*?._-+= "
# First words of lists of leaked passwords, and of what we are called.
WORDS: Final = frozenset(
    [
        "password",
        "passwort",
        "passw0rd",
        "welcome",
        "letmein",
        "iloveyou",
        "qwerty",
        "admin",
        "administrator",
        "football",
        "monkey",
        "dragon",
        "sunshine",
        "princess",
        "changeme",
        "secret",
        "trustno",
        "login",
        "master",
        "superman",
        "batman",
        "starwars",
        "liverpool",
        "arsenal",
        "chelsea",
        "everton",
        "charlie",
        "shadow",
        "baseball",
        "basketball",
        "michael",
        "jennifer",
        "jordan",
        "whatever",
        "computer",
        "internet",
        "samsung",
        "google",
        "facebook",
        "pokemon",
        "freedom",
        "flower",
        "hello",
        "summer",
        "winter",
        "spring",
        "autumn",
        "london",
        "england",
        "wales",
        "scotland",
        "rangers",
        "celtic",
        "killer",
        "ginger",
        "buster",
        "cheese",
        "tigger",
        "pepper",
        "flows",
        "energy",
        "electricity",
        "community",
        "meter",
        "default",
        "temporary",
        "test",
        "tester",
        "testing",
        "guest",
        "user",
        "root",
    ]
)


def is_common(password: str) -> bool:
    """Whether a guesser's first list has it, as far as rules tell."""
    text = password.casefold()
    if len(set(text)) < FEWEST_CHARACTERS or any(text in run for run in RUNS):
        return True
    bare = text.strip(DECORATION)
    words = {bare, text.translate(LOOKALIKES).strip(DECORATION), bare.translate(LOOKALIKES)}
    return not bare or any(_unit(word) in WORDS for word in words)


def _unit(word: str) -> str:
    """What a word repeats: of `passwordpassword` the `password`."""
    return word[: (word + word).index(word, 1)] if word else word
