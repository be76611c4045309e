import { openApi } from './json-api/api.ts'
import { calendarEventResponse } from './resources/calendar-event-response.ts'
import { calendarEvent } from './resources/calendar-event.ts'
import { coach } from './resources/coach.ts'
import { group } from './resources/group.ts'
import { organization } from './resources/organization.ts'
import { patient } from './resources/patient.ts'
import { patientHealthMetric } from './resources/patient-health-metric.ts'

/** Every resource of the Care API but the token, which is no row that somebody owns. */
export const careApi = openApi([
  organization,
  group,
  coach,
  patient,
  patientHealthMetric,
  calendarEvent,
  calendarEventResponse,
])
