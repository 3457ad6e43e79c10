"""Coordinates of a place, where something says that it is a person's."""

from __future__ import annotations

from maskgate_detectors.model.rule import Rule, detector
from maskgate_detectors.model.words import words

_WHOSE = (
    "visitor, guest, traveler, user, customer, client, home, address, patient, driver, employee, "
    "person, rider, passenger, "
    "delivery, pickup, dropoff, shipping, billing, residence, recipient, contact, member, profile, "
    "caller, device, geolocation, gps, courier, subscriber, current, last known, checkin, check in, "
    "photo"
)


@detector
def coordinate() -> Rule:
    """https://www.rfc-editor.org/rfc/rfc7946"""
    return Rule(
        id="geo-coordinate",
        entity="LOCATION",
        label="Latitude or longitude of a person's place",
        pattern=(
            r"(?i)(?:^|[^\w.-])(?P<value>-?\d{1,2}\.\d{4,12}°? ?[NS]?[,; ]{1,3}-?1?\d{1,2}\.\d{4,12}°? ?[EW]?"
            r"|\d{1,2}° ?\d{1,2}['′] ?\d{1,2}(?:\.\d{1,6})?[\"″]? ?[NS][, ]{1,2}1?\d{1,2}° ?\d{1,2}['′] "
            r"?\d{1,2}(?:\.\d{1,6})?[\"″]? ?[EW])(?:$|[^\w.-]|[.](?:$|\s))"
        ),
        needs_context=True,
        context=words(
            "home, lives, live, gps, location, located, coordinates, whereabouts, wohnt, standort, position",
            "maps.google, google.com/maps, goo.gl/maps, maps.apple, geo, latlng, latlon, lat lng, pickup, drop off",
            "last seen, seen at, tracked",
            "domicile, ubicación, posizione, localização, locatie, adres",
        ),
        context_score=0.7,
        keys=(
            *(
                f"{who.strip()}{place} {axis}"
                for who in _WHOSE.split(",")
                for place in ("", " location", " address", " geo", " coordinates", " position")
                for axis in ("lat", "latitude", "lng", "lon", "long", "longitude")
            ),
            *(
                f"{who.strip()} {place}"
                for who in _WHOSE.split(",")
                for place in ("coordinates", "lat lng", "latlng", "lat long", "geo", "gps", "position", "location")
            ),
        ),
        key_decides=True,
        key_pattern=r"-?\d{1,3}\.\d{2,15}|-?\d{1,3}\.\d{2,15}[,; ]{1,3}-?\d{1,3}\.\d{2,15}",
        key_score=0.75,
        numbers=True,
        matches=(
            "home.lat: ⟦52.520008⟧",
            "customer.address.longitude: ⟦-0.127758⟧",
            "she lives at ⟦52.520008, 13.404954⟧ now",
        ),
        ignores=("lat: 52.520008", "sensor.location.lat: 52.520008", "52.520008, 13.404954", "latency: 0.12345"),
    )
