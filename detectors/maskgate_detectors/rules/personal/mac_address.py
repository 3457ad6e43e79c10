"""Hardware addresses of network interfaces."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words


def _one_interface(text: str) -> bool:
    """Whether the address is neither broadcast nor all zeros, nor (in Cisco's spelling) digits alone."""
    value = text.lower()
    plain = value.replace(":", "").replace("-", "").replace(".", "")
    if plain.startswith(("0242", "0a58")):  # of a container: Docker and Kubernetes make them from its IP address
        return False
    return len(set(plain)) > 1 and not ("." in value and plain.isdigit())


@detector
def mac_address() -> Rule:
    """https://standards.ieee.org/products-programs/regauth/"""
    return Rule(
        id="mac-address",
        entity="MAC_ADDRESS",
        label="MAC address",
        pattern=(
            r"(?i)(?:^|[^0-9a-z:.-]|[=:] )(?P<value>[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
            r"|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})"
            r"(?:$|[^0-9a-z:.-]|[.](?:$|\s))"
        ),
        triggers=(
            r"(?i)[0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}",
            r"(?i)[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
        ),
        score=0.8,
        validate=_one_interface,
        valid_score=0.85,
        keys=words(
            "mac, mac address, macaddress, mac addr, hw addr, hardware address, ethernet address, bssid",
            "wifi mac, bluetooth mac, bt mac, mac adresse",
        ),
        key_decides=True,
        key_pattern=r"(?i)[0-9a-f]{2}(?:[:-]?[0-9a-f]{2}){5}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}",
        key_check=_one_interface,
        matches=(
            "⟦00:1a:2b:3c:4d:5e⟧",
            "mac ⟦00-1A-2B-3C-4D-5E⟧ seen",
            "⟦001a.2b3c.4d5e⟧",
            "mac_address: ⟦001A2B3C4D5E⟧",
        ),
        ignores=(
            "ff:ff:ff:ff:ff:ff",
            "00:00:00:00:00:00",
            "aa:bb:cc:dd:ee:ff:00:11",
            "2024.0101.1234",
            "hwaddr: 02:42:ac:11:00:56",
        ),
    )
