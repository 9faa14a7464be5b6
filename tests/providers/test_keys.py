from __future__ import annotations

import logging
import os
import shlex
import sys
from dataclasses import asdict

import pytest

from testgen.errors import ProviderError
from testgen.providers.endpoint import resolve
from testgen.providers.keys import Key, Secret, find_key, is_secret, is_secret_name, redact, secrets_in
from testgen.settings import Settings

VALUE = "sk-very-secret-0123456789"


def find(environ, tmp_path, command="", **options):
    return find_key(resolve(Settings(**options), {}), command, environ, tmp_path / ".env")


def python(code):
    return shlex.join([sys.executable, "-c", code])


def test_a_secret_does_not_show_itself(caplog):
    secret = Secret(VALUE)
    key = Key(secret, "here")
    logging.getLogger().warning("%s %r", secret, secret)
    shown = f"{secret} {secret!r} {secret:>40} {key} {asdict(key)}" + str(secret) + caplog.text
    assert VALUE not in shown
    assert secret.reveal() == VALUE


@pytest.mark.parametrize(
    ("environ", "dotenv", "expected", "origin"),
    [
        (
            {"API_KEY": "first-key", "OPENAI_API_KEY": "own-key"},
            "",
            "first-key",
            "API_KEY in the environment",
        ),
        ({"API_KEY": "", "OPENAI_API_KEY": "own-key"}, "", "own-key", "OPENAI_API_KEY in the environment"),
        ({"OPENAI_API_KEY": "own-key"}, "API_KEY=filed", "own-key", "OPENAI_API_KEY in the environment"),
        ({}, "API_KEY=filed\nOPENAI_API_KEY=other", "filed", "API_KEY in "),
        ({}, "export OPENAI_API_KEY='filed'  # mine", "filed", "OPENAI_API_KEY in "),
        ({}, "\ufeffAPI_KEY=filed\r\n", "filed", "API_KEY in "),
        ({}, "API_KEY=a$HOME{b}", "a$HOME{b}", "API_KEY in "),
        ({"API_KEY": " padded\n"}, "", "padded", "API_KEY in the environment"),
    ],
)
def test_where_a_key_is_found(tmp_path, environ, dotenv, expected, origin):
    before = dict(os.environ)
    (tmp_path / ".env").write_text(dotenv, "utf-8")
    key = find(environ, tmp_path)
    assert key.secret.reveal() == expected
    assert key.origin.startswith(origin)
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("options", "variable"),
    [
        ({"model": "azure/prod", "api_base": "https://x.openai.azure.com"}, "AZURE_OPENAI_API_KEY"),
        ({"model": "azure/prod", "api_base": "https://x.openai.azure.com"}, "AZURE_API_KEY"),
        ({"model": "anthropic/opus"}, "ANTHROPIC_API_KEY"),
        ({"model": "gemini/pro"}, "GEMINI_API_KEY"),
        ({"api_base": "https://proxy.example/v1", "model": "anthropic/opus"}, "OPENAI_API_KEY"),
    ],
)
def test_the_provider_s_own_variable(tmp_path, options, variable):
    other = {"ELSEWHERE_API_KEY": "other", variable: VALUE}
    assert find(other, tmp_path, **options).secret.reveal() == VALUE


@pytest.mark.parametrize(
    "options",
    [
        {"api_base": "http://127.0.0.1:1/v1"},
        {"model": "ollama/qwen3"},
        {"model": "bedrock/nova"},
        {"model": "azure/prod", "api_base": "https://x.openai.azure.com"},
    ],
)
def test_where_a_key_may_be_missing(tmp_path, options):
    assert find({}, tmp_path, **options) is None


@pytest.mark.parametrize("options", [{}, {"api_base": "https://proxy.example/v1"}])
def test_a_missing_key_names_the_ways_to_give_it(tmp_path, options):
    with pytest.raises(ProviderError, match="no key") as caught:
        find({"ANTHROPIC_API_KEY": VALUE}, tmp_path, **options)
    assert all(way in caught.value.remedy for way in ("API_KEY", ".env", "--api-key-command"))


@pytest.mark.parametrize(
    "broken", ["two words-of-it", "line\nbreak-of-it", "schl\u00fcssel", "\x00nul-of-it"]
)
def test_what_cannot_be_a_key_is_refused_unquoted(tmp_path, broken):
    with pytest.raises(ProviderError, match="API_KEY in the environment gives is no key") as caught:
        find({"API_KEY": broken}, tmp_path)
    assert broken not in f"{caught.value} {caught.value.remedy}"


def test_the_command_comes_first(tmp_path):
    key = find({"API_KEY": "other"}, tmp_path, python(f"print('{VALUE}')"))
    assert (key.secret.reveal(), key.origin) == (VALUE, "--api-key-command")


def test_the_command_sees_the_environment_and_no_shell(tmp_path):
    show = python("import os, sys; print(os.environ['VAULT'] + sys.argv[1])")
    key = find({"VAULT": "vault-"}, tmp_path, show + " '$(id);x'".replace("$(id);x", "$HOME;x"))
    assert key.secret.reveal() == "vault-$HOME;x"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python(f"import sys; print('{VALUE}'); sys.exit('{VALUE}')"), "exit code 1"),
        (python("pass"), "printed nothing"),
        ("no-such-program-here", "cannot be run"),
        ("'unbalanced", "cannot be run"),
    ],
)
def test_a_failing_command_says_why_and_shows_nothing(tmp_path, capfd, command, words):
    with pytest.raises(ProviderError, match=words) as caught:
        find({"API_KEY": "other"}, tmp_path, command)
    assert caught.value.remedy
    assert VALUE not in str(caught.value) + "".join(capfd.readouterr())


def test_an_unreadable_dotenv_is_an_error(tmp_path):
    (tmp_path / ".env").write_bytes(b"API_KEY=\xff\xfe")
    with pytest.raises(ProviderError, match=r"cannot read .*\.env"):
        find({}, tmp_path)


def test_a_folder_called_dotenv_is_none(tmp_path):
    (tmp_path / ".env").mkdir()
    with pytest.raises(ProviderError, match="no key"):
        find({}, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "ANTHROPIC_API_KEY",
        "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "PGPASSWORD", "DB_PASSWORD",
        "CLIENT_SECRET", "TESTGEN_API_KEY_COMMAND", "GOOGLE_APPLICATION_CREDENTIALS", "api_key",
        "OPENAI_API_KEY_2", "KEY", "MY_APIKEY", "DB_PASS", "MYSQL_PWD", "SENTRY_DSN", "SLACK_WEBHOOK_URL",
    ],
)  # fmt: skip
def test_names_kept_from_the_tests(name):
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "HOME",
        "LANG",
        "KEYBOARD",
        "XKB_KEYMAP",
        "MAX_TOKENS",
        "TOKENIZERS_PARALLELISM",
        "MONKEY",
        "PWD",
        "OLDPWD",
        "PASSIVE",
        "PATTERN",
        "AWS_REGION",
    ],
)
def test_names_left_to_the_tests(name):
    assert not is_secret_name(name)


def test_redact_masks_the_longest_first_and_leaves_what_is_too_short():
    secrets = [Secret("abcdefgh"), Secret("abcdefgh-longer"), Secret("none"), Secret("")]
    assert redact("none abcdefgh-longer abcdefgh.", secrets) == "none [secret] [secret]."


def test_secrets_in_takes_neither_addresses_nor_words():
    environ = {
        "GITHUB_TOKEN": VALUE,
        "OPENAI_API_KEY": "sk-short",
        "OPENAI_BASE_URL": "https://models.example/v1",
        "DB_PASSWORD": "password",
        "PATH": "/usr/local/bin:/usr/bin",
        "HTTPS_PROXY": "http://proxy.example:3128",
    }
    assert [secret.reveal() for secret in secrets_in(environ)] == [VALUE, "sk-short"]


@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("http://me:word@proxy:3128", True),
        ("postgres://me:word@db/shop?x=1", True),
        ("redis://:word@cache", True),
        ("http://me@proxy", False),
        ("http://proxy:3128/a@b:c@d", False),
        ("me:word@proxy", False),
    ],
)
def test_an_address_with_a_password_is_a_secret(address, secret):
    assert is_secret("SOME_URL", address) == secret


def test_a_long_password_of_an_address_is_masked_wherever_it_stands():
    secrets = secrets_in({"DATABASE_URL": f"postgres://me:{VALUE}@db/shop"})
    assert redact(f"{VALUE} me:{VALUE}@", secrets) == "[secret] [secret]@"


def test_the_dotenv_is_not_read_where_the_environment_has_a_key(tmp_path):
    (tmp_path / ".env").write_bytes(b"API_KEY=\xff\xfe")
    assert find({"OPENAI_API_KEY": "own-key"}, tmp_path).secret.reveal() == "own-key"
