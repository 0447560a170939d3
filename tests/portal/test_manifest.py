"""The web app manifest: in the reader's language, with icons that are there."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.parametrize(("language", "name"), [("en", "Social Security Card Service"), ("zh-hans", "社会保障卡服务")])
def test_the_manifest_speaks_the_language_of_the_reader(client: Client, language: str, name: str) -> None:
    response = client.get("/manifest.webmanifest", headers={"Accept-Language": language})
    assert response["Content-Type"] == "application/manifest+json"
    assert response["Vary"] == "Accept-Language, Cookie"
    told = json.loads(response.content)
    assert told["name"] == name
    assert told["start_url"] == told["scope"] == "/"
    assert {"any", "maskable"} == {icon["purpose"] for icon in told["icons"]}
    for shortcut in told["shortcuts"]:
        assert shortcut["url"].startswith("/")


def test_its_icons_are_there_in_the_size_they_name(client: Client) -> None:
    for icon in json.loads(client.get("/manifest.webmanifest").content)["icons"]:
        name = icon["src"].rpartition("/")[2]
        content = (Path(settings.BASE_DIR) / "static" / name).read_bytes()
        if icon["type"] == "image/png":
            width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
            assert f"{width}x{height}" == icon["sizes"]
        else:
            assert content.startswith(b"<svg")


def test_every_page_names_it(client: Client) -> None:
    page = client.get("/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    assert '<meta name="theme-color"' in page
