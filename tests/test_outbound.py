"""Addresses that somebody typed in lead to the public internet, looked up once, or nowhere."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from certificates import make_certificate
from http_receiver import Receiver

from server import outbound
from server.outbound import Failed, Refused, post, target_of
from server.public_address import is_public

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "168.63.129.16",
    "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2002:7f00:1::",
    "2001::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "::7f00:1", "3fff::1", "fec0::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "169.253.0.1", "2606:4700::1111",
    "2a00:1450:4001::1", "64:ff9b::101:101", "::ffff:1.1.1.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1",
        "127.0.0.1.", "127。0。0。1", "[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
        "169.254.169.254", "2852039166", "0xa9fea9fe",
    ],
)  # fmt: skip
def test_private_host_however_it_is_spelt(host: str) -> None:
    with pytest.raises(Refused, match="not an address of the public internet"):
        target_of(f"https://{host}/hook")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.org/", "must begin with https://"),
        ("ftp://example.org/", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("gopher://example.org/", "must begin with https://"),
        ("example.org", "is not an address"),
        ("", "is not an address"),
        ("https://", "is not an address"),
        ("https://ann:password@example.org/", "must not contain a user name or password"),
        ("https://example.org:22/", "must use port 443, or one from 1024 on"),
        ("https://example.org:80/", "must use port 443, or one from 1024 on"),
        ("https://example.org:99999/", "is not an address"),
        ("https://example.org/a b", "must not contain spaces or control characters"),
        ("https://example.org/\r\nX: y", "must not contain spaces or control characters"),
        ("https://example.org/" + "a" * 2_000, "must have at most 2000 characters"),
    ],
)
def test_refused_address_says_why_and_not_what(url: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        target_of(url)

    assert words in str(refused.value)
    assert "password@" not in str(refused.value)


def test_address_in_its_normal_form() -> None:
    target = target_of("https://EXÄMPLE.org:443/hook?a=ä#part")

    assert (target.host, target.port, target.path) == ("xn--exmple-cua.org", 443, "/hook?a=%C3%A4")
    assert target.authority == "xn--exmple-cua.org"
    assert target_of("https://example.org:8443").authority == "example.org:8443"


def answers(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names be looked up as given, one list of addresses for each time; the names asked for."""
    asked: list[str] = []
    waiting = list(answers)

    def look_up(host: str, port: int, **_options: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in waiting.pop(0)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ["10.0.0.5"])

    with pytest.raises(Refused, match=r"leads to 10\.0\.0\.5"):
        post("https://hook.example/", b"", {})


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, ["93.184.216.34", "169.254.169.254"])

    with pytest.raises(Refused):
        post("https://hook.example/", b"", {})


def test_name_that_answers_differently_the_second_time_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = answers(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    connected: list[Any] = []

    def connect(address: Any, _timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(Failed, match="Connection refused"):
        post("https://hook.example/", b"", {})

    assert asked == ["hook.example"]
    assert connected == [("93.184.216.34", 443)], "the address that was checked, not the name"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """For ``localhost``; this process trusts it."""
    file, key = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def test_request_arrives_with_its_host_and_its_answer_comes_back(receiver: Receiver) -> None:
    receiver.answers = [(201, {"Retry-After": "7"}, b"thanks")]

    answer = post(f"{receiver.url}/hook?x=1", b'{"a":1}', {"X-Test": "y"}, allow_private=True)

    assert (answer.status, answer.body, answer.retry_after) == (201, b"thanks", 7)
    (request,) = receiver.requests
    assert (request.path, request.body) == ("/hook?x=1", b'{"a":1}')
    assert request.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["X-Test"] == "y"


def test_name_in_tls_is_the_one_that_was_asked_for(certificate: ssl.SSLContext) -> None:
    with Receiver(certificate) as receiver:
        answer = post(f"https://localhost:{receiver.port}/", b"x", {}, allow_private=True)

        assert answer.status == 200
        assert receiver.requests[0].headers["Host"] == f"localhost:{receiver.port}"


def test_certificate_for_another_name_is_refused(certificate: ssl.SSLContext) -> None:
    with Receiver(certificate) as receiver:
        with pytest.raises(Failed, match="certificate is not accepted"):
            post(f"https://127.0.0.1:{receiver.port}/", b"x", {}, allow_private=True)
        assert receiver.requests == []


def test_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [(302, {"Location": f"{receiver.url}/elsewhere"}, b"")]

    assert post(f"{receiver.url}/", b"", {}, allow_private=True).status == 302

    assert len(receiver.requests) == 1


def test_answer_is_read_no_further_than_its_first_bytes(receiver: Receiver) -> None:
    receiver.answers = [(200, {}, b"x" * 5_000_000)]

    answer = post(f"{receiver.url}/", b"", {}, allow_private=True)

    assert answer.body == b"x" * outbound.ANSWER_BYTES


@pytest.fixture
def dribbling() -> Iterator[Callable[[bytes], int]]:
    """Serve one connection: some bytes, then one every tenth of a second, for ever."""
    over = threading.Event()
    threads: list[threading.Thread] = []

    def start(head: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, listener:
                try:
                    connection.recv(65_536)
                    connection.sendall(head)
                    while not over.wait(0.1):
                        connection.sendall(b"x")
                except OSError:
                    return

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    over.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"])
def test_answer_that_dribbles_is_cut_off(
    dribbling: Callable[[bytes], int], head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    port = dribbling(head)

    with pytest.raises(Failed, match=r"no end within 0\.5 seconds") as failed:
        post(f"http://127.0.0.1:{port}/", b"x", {}, allow_private=True)

    assert failed.value.handed_over


def test_handshake_that_never_ends_is_cut_off(
    dribbling: Callable[[bytes], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.5)
    # A TLS record that promises more than ever comes.
    port = dribbling(b"\x16\x03\x03\x40\x00")

    with pytest.raises(Failed, match=r"no end within 0\.5 seconds") as failed:
        post(f"https://127.0.0.1:{port}/", b"x", {}, allow_private=True)

    assert not failed.value.handed_over
