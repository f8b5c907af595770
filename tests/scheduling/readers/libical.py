"""Reads a calendar from stdin with libical and prints what it understood as JSON. Run by Debian's own Python."""

import json
import sys

import gi

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib as I  # noqa: E402

K, P = I.ComponentKind, I.PropertyKind


def properties(component, kind=P.ANY_PROPERTY):
    found = component.get_first_property(kind)
    while found is not None:
        yield found
        found = component.get_next_property(kind)


def text(component, kind):
    found = component.get_first_property(kind)
    return "" if found is None else found.get_value().as_ical_string() or ""


def plain(value):
    for escaped, meant in (("\\n", "\n"), ("\\,", ","), ("\\;", ";"), ("\\\\", "\\")):
        value = value.replace(escaped, meant)
    return value


def instant(root, event, kind, getter):
    found = event.get_first_property(kind)
    if found is None:
        return 0
    time = getattr(found, getter)()
    parameter = found.get_first_parameter(I.ParameterKind.TZID_PARAMETER)
    zone = I.Timezone.get_utc_timezone() if time.is_utc() else None
    if parameter is not None:
        zone = root.get_timezone(parameter.get_tzid())
    return int(time.as_timet_with_zone(zone))


def event(root, one):
    return {
        "uid": one.get_uid() or "",
        "sequence": one.get_sequence(),
        "status": text(one, P.STATUS_PROPERTY),
        "summary": plain(text(one, P.SUMMARY_PROPERTY)),
        "location": plain(text(one, P.LOCATION_PROPERTY)),
        "description": plain(text(one, P.DESCRIPTION_PROPERTY)),
        "starts": instant(root, one, P.DTSTART_PROPERTY, "get_dtstart"),
        "ends": instant(root, one, P.DTEND_PROPERTY, "get_dtend"),
        "stamp": instant(root, one, P.DTSTAMP_PROPERTY, "get_dtstamp"),
        "attendees": [
            [a.get_attendee(), a.get_parameter_as_string("CN") or ""] for a in properties(one, P.ATTENDEE_PROPERTY)
        ],
        "names": sorted({(p.get_x_name() or p.get_property_name()).lower() for p in properties(one)}),
    }


def children(parent, kind):
    found = parent.get_first_component(kind)
    while found is not None:
        yield found
        found = parent.get_next_component(kind)


def period(found):
    utc = I.Timezone.get_utc_timezone()
    taken = found.get_freebusy()
    return [int(taken.get_start().as_timet_with_zone(utc)), int(taken.get_end().as_timet_with_zone(utc))]


def span(root, one):
    return [
        instant(root, one, P.DTSTART_PROPERTY, "get_dtstart"),
        instant(root, one, P.DTEND_PROPERTY, "get_dtend"),
    ]


def main():
    root = I.Component.new_from_string(sys.stdin.buffer.read().decode())
    busy = [
        period(found) for one in children(root, K.VFREEBUSY_COMPONENT) for found in properties(one, P.FREEBUSY_PROPERTY)
    ]
    hours = list(children(root, K.VAVAILABILITY_COMPONENT))
    read = {
        "method": text(root, P.METHOD_PROPERTY),
        "events": [event(root, one) for one in children(root, K.VEVENT_COMPONENT)],
        "busy": busy,
        "open": [span(root, one) for each in hours for one in children(each, K.XAVAILABLE_COMPONENT)],
        "else": [text(each, P.BUSYTYPE_PROPERTY) for each in hours],
    }
    json.dump(read, sys.stdout)


main()
