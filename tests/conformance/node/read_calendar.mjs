// Reads the calendar at the address given with ical.js, as Thunderbird does; prints its events as JSON.
import ICAL from "ical.js";

const text = (event, name) => event.getFirstPropertyValue(name) ?? "";
const instant = (time) => (time.zone === ICAL.Timezone.utcTimezone ? time.toUnixTime() : `not in UTC: ${time}`);

const answer = await fetch(process.argv[2]);
const calendar = new ICAL.Component(ICAL.parse(await answer.text()));
const events = calendar.getAllSubcomponents("vevent").map((event) => ({
  uid: text(event, "uid"),
  starts_at: instant(event.getFirstPropertyValue("dtstart")),
  ends_at: instant(event.getFirstPropertyValue("dtend")),
  status: text(event, "status"),
  summary: text(event, "summary"),
  description: text(event, "description"),
  location: text(event, "location"),
}));
const parts = calendar.getAllSubcomponents().length;
console.log(JSON.stringify({ status: answer.status, name: text(calendar, "x-wr-calname"), parts, events }));
