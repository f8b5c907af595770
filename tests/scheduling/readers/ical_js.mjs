// Reads a calendar from stdin with ical.js and prints what it understood as JSON.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

const root = new ICAL.Component(ICAL.parse(readFileSync(0, "utf-8")));
for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
const text = (component, name) => {
  const value = component.getFirstPropertyValue(name);
  return value === null ? "" : String(value);
};
const instant = (event, name) => {
  const value = event.getFirstPropertyValue(name);
  return value === null ? 0 : value.toUnixTime();
};
const events = root.getAllSubcomponents("vevent").map((event) => ({
  uid: text(event, "uid"),
  sequence: Number(text(event, "sequence") || 0),
  status: text(event, "status"),
  summary: text(event, "summary"),
  location: text(event, "location"),
  description: text(event, "description"),
  starts: instant(event, "dtstart"),
  ends: instant(event, "dtend"),
  stamp: instant(event, "dtstamp"),
  attendees: event.getAllProperties("attendee").map((one) => [one.getFirstValue(), one.getParameter("cn") ?? ""]),
  names: [...new Set(event.getAllProperties().map((one) => one.name))].sort(),
}));
const busy = root.getAllSubcomponents("vfreebusy").flatMap((one) =>
  one.getAllProperties("freebusy").flatMap((each) => each.getValues())
    .map((period) => [period.start.toUnixTime(), period.getEnd().toUnixTime()]));
const hours = root.getAllSubcomponents("vavailability");
const open = hours.flatMap((one) => one.getAllSubcomponents("available"))
  .map((one) => [instant(one, "dtstart"), instant(one, "dtend")]);
const read = { method: text(root, "method"), events, busy, open, else: hours.map((one) => text(one, "busytype")) };
process.stdout.write(JSON.stringify(read));
