type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** What values a query parameter takes: of a type, two instants with `..` between, or one of some. */
export type Parameter = 'string' | 'boolean' | 'integer' | 'instant' | 'range' | readonly string[]

export type PublishedOperation = {
  id: string
  method: Method
  /** Below /pub. */
  path: string
  status: number
  /** The type of the resource in the answer's `data`, or of those in its list. */
  answers: string | readonly [string] | undefined
  errors: readonly number[]
  /** Those that are required have a `!` after their name. */
  query?: Readonly<Record<string, Parameter>>
  /** Of these parameters one is required. */
  oneOf?: readonly string[]
}
type Answers = PublishedOperation['answers']

const read = (
  id: string,
  path: string,
  answers: Answers,
  more: Partial<PublishedOperation> = {},
): PublishedOperation => ({ id, method: 'GET', path, status: 200, answers, errors: [401, 403], ...more })

const write = (id: string, route: string, status: number, answers: Answers): PublishedOperation => {
  const [method, path] = route.split(' ') as [Method, string]
  return { id, method, path, status, answers, errors: [401, 403, 409] }
}

const byGroups = { 'filter[groups]': 'string', 'filter[organization]': 'string' } as const
const byPatient = { 'filter[patient]': 'string', ...byGroups } as const
const paging = {
  'page[number]': 'integer',
  'page[size]': 'integer',
  'page[limit]': 'integer',
  'page[cursor]': 'string',
} as const

/** Every operation of the published document (v7.78.1), in its order. */
export const publishedOperations: readonly PublishedOperation[] = [
  { ...write('createToken', 'POST /oauth/token', 201, 'token'), query: { include: ['groups', 'organization'] } },
  read('fetchTokenGroups', '/oauth/token/{id}/groups', ['group']),
  read('fetchTokenOrganization', '/oauth/token/{id}/organization', 'organization'),
  read('fetchOrganization', '/organization/{id}', 'organization'),
  write('createGroup', 'POST /group', 201, 'group'),
  read('fetchGroups', '/group', ['group'], { query: { 'filter[organization]!': 'string', 'filter[name]': 'string' } }),
  read('fetchGroup', '/group/{id}', 'group'),
  read('fetchCoaches', '/coach', ['coach'], {
    query: { ...byGroups },
    oneOf: ['filter[groups]', 'filter[organization]'],
  }),
  read('fetchCoach', '/coach/{id}', 'coach'),
  write('createRewardProgram', 'POST /reward_program', 200, 'reward_program'),
  read('fetchRewardPrograms', '/reward_program', ['reward_program'], {
    query: { ...byGroups },
    oneOf: ['filter[groups]', 'filter[organization]'],
  }),
  read('fetchRewardProgram', '/reward_program/{id}', 'reward_program'),
  read('fetchRewardProgramGroup', '/reward_program/{id}/group', ['group']),
  write('createAction', 'POST /action', 201, 'action'),
  read('fetchAction', '/action/{id}', 'action'),
  write('updateAction', 'PATCH /action/{id}', 200, 'action'),
  write('createBundle', 'POST /bundle', 200, 'bundle'),
  read('fetchBundle', '/bundle/{id}', 'bundle'),
  write('updateBundle', 'PATCH /bundle/{id}', 200, 'bundle'),
  write('createCalendarEvent', 'POST /calendar_event', 201, 'calendar_event'),
  read('fetchCalendarEvents', '/calendar_event', ['calendar_event'], {
    errors: [401, 403, 409],
    query: {
      ...byPatient,
      'filter[attendees]': 'string',
      'filter[type]': ['plan-check-in', 'reminder', 'telephone-call', 'office-visit', 'video-call'],
      'filter[completed]': 'boolean',
      'filter[start_at]': 'range',
      'filter[end_at]': 'range',
      'filter[completed_at]': 'range',
      'filter[created_at]': 'range',
      'filter[updated_at]': 'range',
      include: ['owner'],
      ...paging,
    },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]', 'filter[attendees]'],
  }),
  read('fetchCalendarEvent', '/calendar_event/{id}', 'calendar_event'),
  write('updateCalendarEvent', 'PATCH /calendar_event/{id}', 200, 'calendar_event'),
  {
    id: 'deleteCalendarEvent',
    method: 'DELETE',
    path: '/calendar_event/{id}',
    status: 200,
    answers: undefined,
    errors: [401, 403],
  },
  write('createCalendarEventResponse', 'POST /calendar_event_response', 201, 'calendar_event_response'),
  read('fetchEmailHistories', '/email_history', ['email_history'], {
    errors: [401, 403, 409],
    query: {
      'filter[receiver]': 'string',
      'filter[sender]': 'string',
      'filter[emailType]': 'string',
      sort: ['send_time', '-send_time'],
    },
    oneOf: ['filter[receiver]', 'filter[sender]'],
  }),
  read('fetchEmailHistory', '/email_history/{id}', 'email_history'),
  read('fetchHealthProfiles', '/health_profile', ['health_profile'], {
    errors: [401, 403, 409],
    query: { ...byPatient, include: ['patient', 'questions'], ...paging },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchHealthProfile', '/health_profile/{id}', 'health_profile', {
    query: { include: ['patient', 'questions'] },
  }),
  read('fetchHealthProfileQuestions', '/health_profile_question', ['health_profile_question'], {
    errors: [401, 403, 409],
    query: { ...byPatient, include: ['question_definition', 'answer'] },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchHealthProfileQuestion', '/health_profile_question/{id}', 'health_profile_question', {
    query: { include: ['question_definition', 'answer'] },
  }),
  read('fetchHealthProfileAnswers', '/health_profile_answer', ['health_profile_answer'], {
    errors: [401, 403, 409],
    query: { ...byPatient, include: ['patient'], ...paging },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchHealthProfileAnswer', '/health_profile_answer/{id}', 'health_profile_answer', {
    query: { include: ['patient'] },
  }),
  read('fetchHealthQuestionDefinitions', '/health_question_definition', ['health_question_definition'], {
    errors: [401, 403, 409],
  }),
  read('fetchHealthQuestionDefinition', '/health_question_definition/{id}', 'health_question_definition'),
  write('createPatientHealthMetric', 'POST /patient_health_metric', 200, 'patient_health_metric'),
  read('fetchPatientHealthMetrics', '/patient_health_metric', ['patient_health_metric'], {
    errors: [401, 403, 409],
    query: { ...byPatient, ...paging },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchPatientHealthMetric', '/patient_health_metric/{id}', ['patient_health_metric']),
  write('createPatient', 'POST /patient', 201, 'patient'),
  read('fetchPatients', '/patient', ['patient'], {
    errors: [401, 403, 409],
    query: {
      ...byGroups,
      'filter[identifier][system]': 'string',
      'filter[identifier][value]': 'string',
      'filter[archived]': 'boolean',
      'filter[created_at]': 'range',
      'filter[updated_at]': 'range',
      ...paging,
    },
    oneOf: ['filter[groups]', 'filter[organization]'],
  }),
  write('upsertPatient', 'PUT /patient', 200, 'patient'),
  read('fetchPatient', '/patient/{id}', 'patient'),
  write('updatePatient', 'PATCH /patient/{id}', 200, 'patient'),
  read('fetchPatientGroups', '/patient/{id}/groups', ['group']),
  read('fetchPatientCoaches', '/patient/{id}/coaches', ['coach']),
  read('fetchPatientPlanSummaries', '/patient_plan_summary', ['patient_plan_summary'], {
    query: { ...byPatient, include: ['actions', 'bundles', 'patient', 'current_results'] },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchPatientPlanSummary', '/patient_plan_summary/{id}', 'patient_plan_summary', {
    query: { include: ['actions', 'bundles', 'patient', 'current_results'] },
  }),
  write('updatePatientPlanSummary', 'PATCH /patient_plan_summary/{id}', 200, 'patient_plan_summary'),
  read('fetchPatientHealthResults', '/result', ['result'], {
    errors: [401, 403, 409],
    query: {
      'filter[patient]!': 'string',
      'filter[actions]': 'string',
      'filter[start_at]': 'instant',
      'filter[end_at]': 'instant',
      'filter[threads]': 'string',
      'filter[created_at]': 'range',
      'filter[updated_at]': 'range',
      'page[number]': 'integer',
      'page[size]': 'integer',
      'page[limit]': 'integer',
      'page[after]': 'string',
    },
  }),
  read('fetchPatientHealthResult', '/result/{id}', ['result']),
  write('createReward', 'POST /reward', 200, 'reward'),
  read('fetchRewards', '/reward', ['reward'], {
    query: { ...byPatient, 'filter[reward_program_activation]': 'string', 'filter[thread]': 'string' },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchReward', '/reward/{id}', 'reward'),
  write('createRewardEarning', 'POST /reward_earning', 200, 'reward_earning'),
  read('fetchRewardEarnings', '/reward_earning', ['reward_earning'], {
    query: { 'filter[groups]!': 'string', 'filter[patient]!': 'string', 'filter[ready_for_fulfillment]': 'boolean' },
  }),
  read('fetchRewardEarning', '/reward_earning/{id}', 'reward_earning'),
  write('createRewardEarningFulfillment', 'POST /reward_earning_fulfillment', 200, 'reward_earning_fulfillment'),
  read('fetchRewardEarningFulfillments', '/reward_earning_fulfillment', ['reward_earning_fulfillment'], {
    query: { 'filter[patient]!': 'string' },
  }),
  read('fetchRewardEarningFulfillment', '/reward_earning_fulfillment/{id}', 'reward_earning_fulfillment'),
  write('createRewardProgramActivation', 'POST /reward_program_activation', 200, 'reward_program_activation'),
  read('fetchRewardProgramActivations', '/reward_program_activation', ['reward_program_activation'], {
    query: { ...byPatient },
    oneOf: ['filter[patient]', 'filter[groups]', 'filter[organization]'],
  }),
  read('fetchRewardProgramActivation', '/reward_program_activation/{id}', 'reward_program_activation'),
]
