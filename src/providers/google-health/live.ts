import type { LiveProvider } from '../provider.ts'
import { googleHealthPush } from './push.ts'
import { readDay } from './read-day.ts'
import { readIdentity } from './read-identity.ts'
import { scopes } from './record-types.ts'
import type { Source } from './sources.ts'

/**
 * The Google Health API, v4 (https://developers.google.com/health). Offline access, and consent asked for each time, for
 * Google gives a refresh token only with consent
 * (https://developers.google.com/identity/protocols/oauth2/web-server#offline).
 *
 * No `revocationUrl`: revoking one token takes back all that the person granted to the application, and with it the
 * other of the two providers. Tokens that are forgotten end by themselves after six months without use.
 */
export const googleHealth = (source: Source): LiveProvider => ({
  oauth: {
    authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    scopes: Object.values(scopes),
    authorizationParameters: { access_type: 'offline', prompt: 'consent' },
    clientAuthentication: 'post',
    usesPkce: true,
  },
  apiUrl: 'https://health.googleapis.com',
  configuration: 'googleHealth',
  identify: readIdentity,
  readDay: (api, day) => readDay(api, day, source),
  push: googleHealthPush(),
})
