"""A call whose answer is cut off is a call of which nobody knows whether it was taken, whatever its status."""

import socket
import struct
import threading
import time

import pytest

from cards.delivery import calling
from cards.delivery.outcomes import OutcomeUnknown


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "503 Service Unavailable"])
def test_an_answer_that_is_cut_off_says_nothing_about_the_message(status: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_half() -> None:
            caller, _address = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 500\r\n\r\n{{".encode())
                # The caller has read the head and waits for the rest; then the line breaks.
                time.sleep(0.3)
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        thread = threading.Thread(target=answer_half)
        thread.start()
        with pytest.raises(OutcomeUnknown, match="answer_lost"):
            calling.call(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        thread.join()
