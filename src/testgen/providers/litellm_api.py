"""Every other provider, through liteLLM as a library."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Sequence
from functools import partial
from types import ModuleType

from testgen.domain import Message
from testgen.providers import chat
from testgen.providers.dialogue import Answer, Dialogue, Extra
from testgen.providers.endpoint import Endpoint
from testgen.providers.keys import Key
from testgen.providers.retry import Failure, Patience


def connect(endpoint: Endpoint, key: Key | None, patience: Patience) -> Dialogue:
    """A provider for any model liteLLM knows; without a key liteLLM reads the model's own variables."""
    return Dialogue(
        endpoint, patience, partial(_ask, _quiet_litellm(), endpoint, key), close=_nothing_to_close
    )


def _quiet_litellm() -> ModuleType:
    """Import liteLLM so that it fetches no price list, loads no `.env` of its own and reports nowhere."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm

    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.callbacks = []
    litellm.input_callback = []
    litellm.success_callback = []
    litellm.failure_callback = []
    logging.getLogger("LiteLLM").disabled = True  # it logs traces of what it also raises
    return litellm


def _ask(
    litellm: ModuleType,
    endpoint: Endpoint,
    key: Key | None,
    messages: Sequence[Message],
    without: Collection[Extra],
) -> Answer | Failure:
    answer = litellm.completion(
        **chat.request(endpoint, messages, without),
        api_base=endpoint.base.value or None,
        api_key=key.secret.reveal() if key else None,
        timeout=endpoint.timeout,
        max_retries=0,
        num_retries=0,
        drop_params=True,
    )
    return chat.read(answer, endpoint)


def _nothing_to_close() -> None:
    """LiteLLM keeps its connections to itself."""
