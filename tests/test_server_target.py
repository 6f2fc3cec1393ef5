"""Where a page is sent to."""

from pipeline.server_target import ServerTarget


def test_keys_do_not_show() -> None:
    assert "sk-secret" not in repr(ServerTarget(url="http://a/v1", model="m", api_key="sk-secret"))
