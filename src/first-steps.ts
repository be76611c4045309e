import type { FirstKeys } from './serve.ts'

/** A command that takes one member out of a JSON object, where nobody may have jq. */
const field = (name: string) => `sed -E 's/.*"${name}":"([^"]+)".*/\\1/'`

/** What a newcomer pastes next. Shows the keys: they cannot be shown again. */
export function firstSteps(url: string, keys: FirstKeys, now: Date): string {
  const date = now.toISOString().slice(0, 10)
  const sample = (minute: string, value: number) =>
    `{"device_name":"iPhone","start_date":"${date}T00:0${minute}:00Z","end_date":"${date}T00:0${minute}:50Z","value":${value},"unit":"count"}`
  return `
Pulsewell is running at ${url}

An account was created. These keys are shown this once; keep them:

  live     ${keys.live}
  sandbox  ${keys.sandbox}

Paste these lines into another terminal.

# 1. Create a user
KEY=${keys.live}
USER_ID=$(curl -s -X POST -H "x-api-key: $KEY" "${url}/user?appUserId=alice" | ${field('userId')}); echo "user $USER_ID"

# 2. Mint a token for the user's phone
TOKEN=$(curl -s -X POST -H "x-api-key: $KEY" "${url}/user/$USER_ID/token?provider=apple" | ${field('access_token')})

# 3. Send a batch of samples, as the phone would
curl -s -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' ${url}/api/v1.1/samples -d '{"data_type":"steps","data":[
  ${sample('1', 61)},
  ${sample('2', 72)},
  ${sample('3', 83)}]}'; echo

# 4. Read the day
curl -s -H "x-api-key: $KEY" "${url}/activity?userId=$USER_ID&date=${date}"; echo

# 5. Try the rest: ${url}/docs
`
}
