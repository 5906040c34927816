"""`@supabase/supabase-js`, as portals use it, against a running gateway."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from api.community import PASSWORD, Community
from clients.conftest import Served

HERE = Path(__file__).parent / "supabase"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flows-tests"
INSTALL_SECONDS, RUN_SECONDS = 180, 90

Answers: TypeAlias = dict[str, dict[str, Any]]

pytestmark = [
    pytest.mark.skipif(shutil.which("npm") is None, reason="Node.js and npm are not on this machine"),
    pytest.mark.timeout(INSTALL_SECONDS + RUN_SECONDS),
]


@pytest.fixture(scope="module")
def packages() -> Path:
    """The client as its lock file has it, installed once on this machine."""
    lock = (HERE / "package-lock.json").read_bytes()
    place = CACHE / f"supabase-js-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not place.exists():
        making = place.with_name(f"{place.name}.{os.getpid()}")
        making.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, making)
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=making, check=True, timeout=INSTALL_SECONDS, capture_output=True)
        making.rename(place)
    return place


@pytest.fixture(scope="module")
def answers(packages: Path, gateway: Served, community: Community, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What each step of the script got."""
    place = tmp_path_factory.mktemp("node")
    shutil.copy(HERE / "script.mjs", place)
    (place / "node_modules").symlink_to(packages / "node_modules")
    (invited, token), (_, linked) = gateway.invites.items()
    given = {
        "url": gateway.url,
        "anon": gateway.anon,
        "key": gateway.key,
        "password": PASSWORD,
        "customer": community.ann.email,
        "admin": {"email": "admin@lab.example", "esco": str(community.lab)},
        "invited": {"email": invited, "token": token},
        "linked": {"token": linked},
    }
    done = subprocess.run(
        ["node", "script.mjs", json.dumps(given)], cwd=place, capture_output=True, text=True, timeout=RUN_SECONDS
    )
    assert done.returncode == 0, done.stderr
    answered: Answers = json.loads(done.stdout)
    return answered


DATA = [
    ("anon", [{"code": "LAB"}, {"code": "WLCE"}]),
    ("read", [{"number": "LAB-ANN-1", "total_pence": 2100}]),
    ("single", {"fullname": "Ann"}),
    ("maybe single", None),
    ("filters", [{"number": "LAB-ANN-1"}]),
    ("or", [{"number": "LAB-ANN-1"}]),
    (
        "embed",
        [
            {
                "type": "supply",
                "properties": {"plot": "Plot ann"},
                "customer_accounts": [{"role": "occupier", "customers": {"fullname": "Ann"}}],
            }
        ],
    ),
    ("inner", [{"plot": "Plot ann", "accounts": [{"type": "supply"}]}]),
    ("schema", [{"serial": "EML-ANN", "meter_shadows": {"health": "healthy"}}]),
    ("update", {"phone": "01803"}),
    ("insert", {"fullname": "Eve", "status": "pending"}),
    ("upsert", [{"fullname": "Eva"}]),
    ("ignore", []),
    ("delete", [{"fullname": "Eva"}]),
    ("function", [{"serial": "EML-ANN"}, {"serial": "EML-BOB"}]),
    ("function by get", []),
    ("key", [{"number": "LAB-ANN-1"}, {"number": "LAB-BOB-1"}]),
    ("signed up", {"email": "dee@example.org"}),
]


@pytest.mark.parametrize(("step", "data"), DATA, ids=[step for step, _ in DATA])
def test_data_is_as_the_client_expects(answers: Answers, step: str, data: Any) -> None:
    assert (answers[step].get("data"), answers[step].get("error")) == (data, None), answers[step]


def test_rows_are_counted_without_being_sent(answers: Answers) -> None:
    assert (answers["count"]["count"], answers["count"]["data"]) == (1, None)


ERRORS = [
    ("wrong password", "invalid_credentials", 400),
    ("forbidden", "42501", None),
    ("unknown table", "PGRST205", None),
    ("unknown column", "42703", None),
    ("conflict", "23505", None),
    ("key forbidden", "42501", None),
    ("sign up without invite", "signup_disabled", 422),
    ("weak password", "weak_password", 422),
    ("old password", "invalid_credentials", 400),
    ("used link", "otp_expired", 403),
    ("taken address", "over_email_send_rate_limit", 429),
]


@pytest.mark.parametrize(("step", "code", "status"), ERRORS, ids=[step for step, *_ in ERRORS])
def test_errors_are_as_the_client_expects(answers: Answers, step: str, code: str, status: int | None) -> None:
    assert answers[step]["error"]["code"] == code, answers[step]
    assert status is None or answers[step]["error"]["status"] == status


@pytest.mark.parametrize("step", ["login", "user", "refresh", "admin login", "sign up", "verify", "linked"])
def test_client_has_a_user(answers: Answers, step: str) -> None:
    assert answers[step].get("error") is None, answers[step]
    assert answers[step]["data"]["user"]["aud"] == "authenticated"


@pytest.mark.parametrize("step", ["new password", "logout", "recover", "claims", "new address"])
def test_client_is_content(answers: Answers, step: str) -> None:
    assert answers[step].get("error") is None, answers[step]
    assert "thrown" not in answers[step]


def test_new_address_is_told_while_it_waits_for_its_mail(answers: Answers) -> None:
    user = answers["new address"]["data"]["user"]
    assert (user["new_email"], user["email"] == user["new_email"]) == ("moved@example.org", False)
