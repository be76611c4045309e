import { openApi } from './json-api/api.ts'
import { calendarEventResponse } from './resources/calendar-event-response.ts'
import { calendarEvent } from './resources/calendar-event.ts'
import { action } from './resources/action.ts'
import { bundle } from './resources/bundle.ts'
import { coach } from './resources/coach.ts'
import { emailHistory } from './resources/email-history.ts'
import { group } from './resources/group.ts'
import { healthProfileAnswer } from './resources/health-profile-answer.ts'
import { healthProfileQuestion } from './resources/health-profile-question.ts'
import { healthProfile } from './resources/health-profile.ts'
import { healthQuestionDefinition } from './resources/health-question-definition.ts'
import { organization } from './resources/organization.ts'
import { patient } from './resources/patient.ts'
import { patientHealthResult } from './resources/patient-health-result.ts'
import { patientHealthMetric } from './resources/patient-health-metric.ts'
import { rewardEarningFulfillment } from './resources/reward-earning-fulfillment.ts'
import { rewardEarning } from './resources/reward-earning.ts'
import { rewardProgramActivation } from './resources/reward-program-activation.ts'
import { rewardProgram } from './resources/reward-program.ts'
import { reward } from './resources/reward.ts'
import { patientPlanSummary } from './resources/patient-plan-summary.ts'

/** Every resource of the Care API but the token, which is no row that somebody owns. */
export const careApi = openApi([
  organization,
  group,
  coach,
  patient,
  patientHealthMetric,
  calendarEvent,
  calendarEventResponse,
  healthQuestionDefinition,
  healthProfileAnswer,
  healthProfileQuestion,
  healthProfile,
  emailHistory,
  rewardProgram,
  rewardProgramActivation,
  reward,
  rewardEarning,
  rewardEarningFulfillment,
  patientPlanSummary,
  action,
  bundle,
  patientHealthResult,
])
