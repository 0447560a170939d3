"""Seals, digests, codes and tokens: what opens, what never does, and what survives a change of keys."""

import base64
import threading

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from cards import sealing
from cards.paper_number import clean_query_code

PLACE = "cards.Cardholder.name"


def key(key_id: str, algorithm: str = "A256GCM", fill: int = 1) -> str:
    size = 16 if algorithm == "SM4GCM" else 32
    return f"{key_id}:{algorithm}:{base64.b64encode(bytes([fill]) * size).decode()}"


OLD, NEW, CHINESE = key("old"), key("new", fill=2), key("sm", "SM4GCM", fill=3)
OLD_INDEX, NEW_INDEX = key("i1", "HS256"), key("i2", "HS256", fill=2)


@pytest.fixture(autouse=True)
def keys(settings) -> None:
    settings.SEALING_KEYS = OLD
    settings.INDEX_KEYS = OLD_INDEX


@pytest.mark.parametrize("ring", [OLD, CHINESE])
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_as_it_was(ring: str, text: str) -> None:
    from django.test import override_settings

    with override_settings(SEALING_KEYS=ring):
        blob = sealing.seal(text, PLACE, "row")
        assert sealing.unseal(blob, PLACE, "row") == text
        assert text.encode() not in blob or len(text.encode()) < 3


@pytest.mark.parametrize("ring", [OLD, CHINESE])
def test_a_change_of_any_bit_is_noticed(settings, ring: str) -> None:
    settings.SEALING_KEYS = ring
    blob = sealing.seal("张三", PLACE)
    for place in range(len(blob)):
        for bit in range(8):
            altered = blob[:place] + bytes([blob[place] ^ 1 << bit]) + blob[place + 1 :]
            with pytest.raises((sealing.SealBroken, sealing.UnknownKey)):
                sealing.unseal(altered, PLACE)


@pytest.mark.parametrize("ring", [OLD, CHINESE])
def test_a_cut_value_is_noticed_at_every_length(settings, ring: str) -> None:
    settings.SEALING_KEYS = ring
    blob = sealing.seal("张三", PLACE)
    for length in range(len(blob)):
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(blob[:length], PLACE)


def test_a_value_does_not_open_in_another_column_or_row() -> None:
    blob = sealing.seal("张三", PLACE, "1")
    for place, row in (("cards.Cardholder.phone", "1"), (PLACE, "2"), (PLACE, ""), (PLACE + "1", "")):
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(blob, place, row)


def test_a_value_and_a_token_are_not_interchangeable() -> None:
    with pytest.raises(sealing.SealBroken):
        sealing.open_token(base64.urlsafe_b64encode(sealing.seal("x", "enquiry")).decode().rstrip("="), "enquiry", 60)


def test_the_same_text_never_looks_the_same_and_short_texts_have_one_length() -> None:
    assert sealing.seal("张三", PLACE) != sealing.seal("张三", PLACE)
    lengths = {len(sealing.seal("x" * count, PLACE)) for count in range(32)}
    assert len(lengths) == 1
    assert len(sealing.seal("x" * 32, PLACE)) == lengths.pop() + 32


def test_a_text_that_cannot_be_encoded_is_refused_without_being_quoted() -> None:
    with pytest.raises(ValueError, match="surrogate") as refused:
        sealing.seal("张三\ud800", PLACE)
    assert "张三" not in repr(refused.value)
    assert refused.value.__suppress_context__


def test_a_new_key_seals_and_the_old_key_still_opens(settings) -> None:
    before = sealing.seal("张三", PLACE)
    settings.SEALING_KEYS = f"{NEW},{OLD}"
    after = sealing.seal("张三", PLACE)
    assert sealing.current_sealing_key_id() == "new"
    assert [sealing.key_id_of(blob) for blob in (before, after)] == ["old", "new"]
    assert [sealing.is_current(blob) for blob in (before, after)] == [False, True]
    assert sealing.unseal(before, PLACE) == sealing.unseal(after, PLACE) == "张三"


def test_another_algorithm_takes_over_and_the_old_values_still_open(settings) -> None:
    before = sealing.seal("张三", PLACE)
    settings.SEALING_KEYS = f"{CHINESE},{OLD}"
    after = sealing.seal("张三", PLACE)
    assert (before[1], after[1]) == (1, 2)
    assert sealing.unseal(before, PLACE) == sealing.unseal(after, PLACE) == "张三"


def test_a_key_that_left_the_settings_is_named(settings) -> None:
    blob = sealing.seal("张三", PLACE)
    settings.SEALING_KEYS = NEW
    with pytest.raises(sealing.UnknownKey, match="old"):
        sealing.unseal(blob, PLACE)


def test_another_secret_under_the_same_key_id_does_not_open(settings) -> None:
    blob = sealing.seal("张三", PLACE)
    settings.SEALING_KEYS = key("old", fill=9)
    with pytest.raises(sealing.SealBroken):
        sealing.unseal(blob, PLACE)


def test_key_ids_that_begin_alike_are_told_apart(settings) -> None:
    settings.SEALING_KEYS = f"{key('k1')},{key('k11', fill=2)}"
    blob = sealing.seal("x", PLACE)
    settings.SEALING_KEYS = f"{key('k11', fill=2)},{key('k1')}"
    assert not sealing.is_current(blob)
    assert sealing.unseal(blob, PLACE) == "x"


def test_sm4_in_gcm_agrees_with_the_example_of_rfc_8998() -> None:
    sealer = sealing.SM4GCM(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    associated = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("AA" * 8 + "BB" * 8 + "CC" * 8 + "DD" * 8 + "EE" * 8 + "FF" * 8 + "EE" * 8 + "AA" * 8)
    sealed = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert sealer.encrypt(nonce, plain, associated) == sealed
    assert sealer.decrypt(nonce, sealed, associated) == plain
    with pytest.raises(InvalidTag):
        sealer.decrypt(nonce, sealed[:10], associated)


@pytest.mark.parametrize(
    ("ring", "complaint"),
    [
        ("", "no key"),
        (" , ", "no key"),
        ("k", "algorithms"),
        ("k:ROT13:AAAA", "algorithms"),
        ("k:A256GCM:not base64!", "not base64"),
        ("k:A256GCM:AAAA", "has 3 bytes"),
        (f"{key('k')},{key('k', fill=2)}", "share an id"),
        (key("k" * 33), "at most 32"),
        (key("ключ"), "at most 32"),
        (key("k", "HS256"), "algorithms"),
    ],
)
def test_a_malformed_keyring_is_refused_with_advice(settings, ring: str, complaint: str) -> None:
    settings.SEALING_KEYS = ring
    with pytest.raises(ImproperlyConfigured, match=complaint):
        sealing.seal("x", PLACE)


def test_no_complaint_and_no_repr_shows_a_secret(settings) -> None:
    secret = base64.b64encode(b"top secret, quite long").decode()
    settings.SEALING_KEYS = f"k:A256GCM:{secret}"
    with pytest.raises(ImproperlyConfigured) as refused:
        sealing.seal("x", PLACE)
    assert secret not in str(refused.value)
    assert "secret" not in repr(sealing.Key("k", "A256GCM", b"secret"))


def test_keys_in_the_url_safe_alphabet_are_the_same_keys(settings) -> None:
    secret = bytes([0xFB, 0xFF]) * 16
    settings.SEALING_KEYS = "k:A256GCM:" + base64.urlsafe_b64encode(secret).decode()
    blob = sealing.seal("x", PLACE)
    settings.SEALING_KEYS = "k:A256GCM:" + base64.b64encode(secret).decode()
    assert sealing.unseal(blob, PLACE) == "x"


def test_digests_are_stable_keyed_and_separate_for_each_purpose(settings) -> None:
    settings.INDEX_KEYS = f"{NEW_INDEX},{OLD_INDEX}"
    digests = sealing.index_digests("11999919900307001X", "id-number")
    assert [key_id for key_id, _digest in digests] == ["i2", "i1"]
    assert digests == sealing.index_digests("11999919900307001X", "id-number")
    assert sealing.index_digest("11999919900307001X", "id-number") == digests[0]
    others = sealing.index_digests("11999919900307001X", "card-number") + sealing.index_digests("x", "id-number")
    everything = {digest for _key_id, digest in digests + others}
    assert len(everything) == 6
    assert {len(digest) for digest in everything} == {32}


def test_the_newest_index_key_is_the_current_one(settings) -> None:
    assert sealing.current_index_key_id() == "i1"
    settings.INDEX_KEYS = f"{NEW_INDEX},{OLD_INDEX}"
    assert sealing.current_index_key_id() == "i2"


def test_parts_of_a_digest_cannot_be_shifted_into_each_other() -> None:
    lists = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), (), ("",), ("a", "b", "c"), ("\ud800",)]
    assert len({sealing.keyed_digest("network", *parts) for parts in lists}) == len(lists)
    assert sealing.keyed_digest("network", "a") != sealing.keyed_digest("subject", "a")
    assert sealing.keyed_digest("network", "a") != sealing.index_digest("a", "network")[1]


def test_a_query_code_is_stable_and_differs_by_paper_issue_and_key(settings) -> None:
    settings.INDEX_KEYS = f"{NEW_INDEX},{OLD_INDEX}"
    code = sealing.query_code("123456789012", 1)
    assert code == sealing.query_code("123456789012", 1, "i2") == clean_query_code(code)
    codes = {
        sealing.query_code(str(paper), issue, kid) for paper in range(50) for issue in (1, 2) for kid in ("i1", "i2")
    }
    assert len(codes) == 200


def test_a_printed_code_survives_a_new_index_key(settings) -> None:
    printed_under = sealing.current_index_key_id()
    code = sealing.query_code("123456789012", 1, printed_under)
    settings.INDEX_KEYS = f"{NEW_INDEX},{OLD_INDEX}"
    assert sealing.query_code("123456789012", 1, printed_under) == code
    assert sealing.query_code_fits(code, "123456789012", 1, printed_under)
    assert not sealing.query_code_fits(code, "123456789012", 2, printed_under)
    assert not sealing.query_code_fits(code, "123456789012", 1)
    settings.INDEX_KEYS = NEW_INDEX
    assert not sealing.query_code_fits(code, "123456789012", 1, printed_under)
    with pytest.raises(sealing.UnknownKey):
        sealing.query_code("123456789012", 1, printed_under)


def test_every_place_of_a_query_code_uses_the_whole_alphabet() -> None:
    codes = [sealing.query_code(str(number), 1) for number in range(2000)]
    assert {len({code[place] for code in codes}) for place in range(10)} == {32}


def test_a_token_opens_until_its_age_and_for_its_purpose_only(time_machine) -> None:
    time_machine.move_to("2026-11-22T10:00:00+08:00", tick=False)
    token = sealing.seal_token(b"holder", "enquiry")
    assert sealing.open_token(token, "enquiry", 600) == b"holder"
    with pytest.raises(sealing.SealBroken):
        sealing.open_token(token, "preview", 600)
    time_machine.shift(600)
    assert sealing.open_token(token, "enquiry", 600) == b"holder"
    time_machine.shift(1)
    with pytest.raises(sealing.TokenExpired):
        sealing.open_token(token, "enquiry", 600)


def test_a_token_from_the_future_is_refused_but_for_a_little_skew(time_machine) -> None:
    time_machine.move_to("2026-11-22T10:00:00+08:00", tick=False)
    token = sealing.seal_token(b"x", "enquiry")
    time_machine.shift(-60)
    assert sealing.open_token(token, "enquiry", 600) == b"x"
    time_machine.shift(-1)
    with pytest.raises(sealing.SealBroken):
        sealing.open_token(token, "enquiry", 600)


def test_tokens_of_equal_payloads_have_one_length_and_fit_a_cookie() -> None:
    tokens = {sealing.seal_token(bytes([fill]) * 20, "enquiry") for fill in range(200)}
    assert len(tokens) == 200
    assert len({len(token) for token in tokens}) == 1
    assert all(token.replace("-", "").replace("_", "").isalnum() and len(token) < 200 for token in tokens)


@given(st.one_of(st.text(), st.text(alphabet="AQEab-_=+/")))
def test_no_text_opens_as_a_token_and_none_raises_anything_else(token: str) -> None:
    with pytest.raises(sealing.SealBroken):
        sealing.open_token(token, "enquiry", 600)


def test_an_overlong_token_or_one_of_a_retired_key_is_refused(settings) -> None:
    token = sealing.seal_token(b"x", "enquiry")
    settings.SEALING_KEYS = NEW
    for refused in (token, "A" * 10_000_000):
        with pytest.raises(sealing.SealBroken):
            sealing.open_token(refused, "enquiry", 600)


def test_threads_share_the_keys_without_mixing_values() -> None:
    failures: list[object] = []

    def work(name: str) -> None:
        for count in range(300):
            text = f"{name}{count}"
            opened = sealing.unseal(sealing.seal(text, PLACE, text), PLACE, text)
            if opened != text:
                failures.append((text, opened))

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
