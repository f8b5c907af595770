"""Time: availability, claims, bookings, calendars."""
