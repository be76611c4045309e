import type { LiveProvider } from '../provider.ts'
import { googleHealthPush } from './push.ts'
import { readDay } from './read-day.ts'
import { readIdentity } from './read-identity.ts'
import { scopes } from './record-types.ts'
import type { Source } from './sources.ts'

/**
 * The Google Health API, v4 (https://developers.google.com/health). Offline access, and consent asked for each time: Google
 * gives a refresh token with consent alone (https://developers.google.com/identity/protocols/oauth2/web-server#offline).
 */
export const googleHealth = (source: Source): LiveProvider => ({
  oauth: {
    authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    // Takes back all that the person granted to the application, whichever of its tokens is given: of both providers.
    revocationUrl: 'https://oauth2.googleapis.com/revoke',
    scopes: Object.values(scopes),
    authorizationParameters: { access_type: 'offline', prompt: 'consent' },
    clientAuthentication: 'post',
    usesPkce: true,
  },
  apiUrl: 'https://health.googleapis.com',
  configuration: 'googleHealth',
  identify: readIdentity,
  readDay: (api, day) => readDay(api, day, source),
  // https://developers.google.com/health/rate-limits: half of the 120,000 a minute of a project, for they may be no more
  // than 86.4 million a day. Of one user there may be 300 a minute, which a backfill meets with 429s.
  rate: { requests: 60_000, perSeconds: 60 },
  push: googleHealthPush(),
})
