"""The signatures match the examples that the services publish."""

import hashlib
import hmac
from datetime import UTC, datetime

from cards.delivery import signing


def test_acs3_matches_the_published_example() -> None:
    headers = signing.acs3(
        key_id="YourAccessKeyId",
        secret="YourAccessKeySecret",
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query={"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"},
        nonce="3156853299f313e23d1673dc12e1703d",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tc3_matches_the_published_example() -> None:
    # The published key is masked, and the signature beside it is that of the asterisks.
    headers = signing.tc3(
        key_id="AKID" + "*" * 32,
        secret="*" * 32,
        host="cvm.tencentcloudapi.com",
        service="cvm",
        action="DescribeInstances",
        version="2017-03-12",
        region="ap-guangzhou",
        body=rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
        at=1551113065,
    )
    assert headers["Authorization"] == (
        f"TC3-HMAC-SHA256 Credential=AKID{'*' * 32}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    )


def test_what_is_signed_is_escaped_as_the_services_want_it() -> None:
    told = signing.percent_encoded({"b": "a b*c+d/e~", "a": "短"})
    assert told == "a=%E7%9F%AD&b=a%20b%2Ac%2Bd%2Fe~"


def test_the_webhook_signs_time_and_body() -> None:
    expected = hmac.new(b"secret", b'1.{"a":1}', hashlib.sha256).hexdigest()
    assert signing.webhook_signature("secret", "1", b'{"a":1}') == expected
    assert signing.webhook_signature("secret", "2", b'{"a":1}') != expected
