import hashlib

from protocol import tokens

TOKEN = b"t" * tokens.TOKEN_BYTES


def test_the_names_of_a_token_have_nothing_in_common() -> None:
    """Who knows the name in the box finds neither the receipt nor the mark at the paper office."""
    names = {
        tokens.name_in_box(TOKEN),
        tokens.taken_mark(TOKEN, b""),
        hashlib.sha256(b"cermin receipt 1\n" + TOKEN).digest(),
        hashlib.sha256(TOKEN).digest(),
    }
    assert len(names) == 4


def test_a_scope_is_named_and_read_back() -> None:
    assert tokens.scope_name("E-17/b", "peer") == "E-17/b/peer"
    assert tokens.split_scope("E-17/b/peer") == ("E-17/b", "peer")


def test_messages_of_stamp_and_pass_are_told_apart() -> None:
    """A pass of a cycle named like a scope is no stamp of that scope."""
    assert tokens.stamp_message("2026", TOKEN) != tokens.pass_message("2026", TOKEN)
    assert tokens.stamp_message("a", TOKEN) == b"cermin stamp 1\na\n" + TOKEN
    assert tokens.pass_message("a", TOKEN) == b"cermin pass 1\na\n" + TOKEN
