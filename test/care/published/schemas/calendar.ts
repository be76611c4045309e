import { anyObject, boolean, instant, linkage, list, matching, object, oneOf, string } from '../notation.ts'

export const calendar = {
  calendar_event: object({
    type: oneOf('calendar_event'),
    id: string,
    attributes: object({
      completed_by: anyObject,
      completed_at: instant,
      type: oneOf('plan-check-in', 'reminder', 'telephone-call', 'office-visit', 'video-call'),
      time_zone: string,
      all_day: boolean,
      start_at: instant,
      end_at: instant,
      title: string,
      location: string,
      description: string,
      attendees: list(
        object({ user: string, response_status: oneOf('needsAction', 'declined', 'tentative', 'accepted') }),
      ),
    }),
    links: object({ self: matching('/calendar_event/[0-9a-z]+') }),
    relationships: object({
      owner: object({ 'data!': linkage, links: object({ related: matching('/pub/calendar_event/[0-9a-z]+') }) }),
    }),
  }),
  calendar_event_response: object({
    'type!': oneOf('calendar_event_response'),
    'attributes!': object({ 'attendee!': anyObject, 'response_status!': oneOf('accepted', 'declined', 'tentative') }),
    'relationships!': object({ user: object({ 'data!': linkage }), calendar_event: object({ 'data!': linkage }) }),
  }),
  email_history: object({
    'type!': string,
    id: string,
    attributes: object({
      twine_email_id: string,
      email_address: string,
      email_type: string,
      send_time: instant,
      status_times: object({
        processed: instant,
        dropped: instant,
        deferred: instant,
        bounce: instant,
        open: instant,
        spamreport: instant,
        unsubscribe: instant,
        click: instant,
        delivered: instant,
      }),
    }),
    relationships: object({ sender: object({ data: linkage }), receiver: object({ data: linkage }) }),
  }),
}
