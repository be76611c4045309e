/** Everything a person reads here, in one place to translate; `language` is what `<html lang>` says. */
export const words = {
  language: 'en',
  /** Days as 3 Nov, which no reader takes for another. */
  dateLocale: 'en-GB',
  title: 'Connect your health data',
  lead: 'Choose where your activity, sleep and heart data come from.',
  promise:
    'You allow access on the provider’s own page. Your password stays there, and you can disconnect at any time.',
  someProvider: 'The provider',

  sandboxMark: 'Sandbox',
  sandboxNote: 'This is a test. Nothing real is connected, and all data is made up.',
  liveMark: 'Not the sandbox',
  liveNote: 'The link asks for the sandbox, but belongs to the live environment: what you connect here is real.',

  loading: 'Loading',
  connectedGroup: 'Connected',
  availableGroup: 'Available',
  inAppGroup: 'In the app on your phone',
  unavailableGroup: 'Not available yet',
  nothing: 'There is nothing to connect here.',

  connected: 'Connected',
  connectedSince: (day: string) => `Connected since ${day}`,
  notConnected: 'Not connected',
  inApp: 'Connect it in the app on your phone.',
  notAvailable: 'It cannot be connected at the moment.',

  /** A button's words, and what only screen readers add to tell it from its neighbours. */
  connect: 'Connect',
  disconnect: 'Disconnect',
  opening: 'Opening…',
  openingProvider: (label: string) => `Opening ${label}`,
  disconnecting: 'Wait…',
  disconnected: (label: string) => `${label} is disconnected.`,

  confirmTitle: (label: string) => `Disconnect ${label}?`,
  confirmText: (label: string) => `No new data will come from ${label}. You can connect it again at any time.`,
  keep: 'Keep connected',

  results: {
    connected: {
      title: (label: string) => `${label} is connected`,
      text: 'Your data will arrive over the next minutes. You can close this page.',
    },
    already: {
      title: (label: string) => `${label} is connected`,
      text: 'It was connected before, and nothing was changed. You can close this page.',
    },
    denied: {
      title: (label: string) => `${label} is not connected`,
      text: 'You did not allow access. If that was a mistake, try again.',
    },
    failed: {
      title: (label: string) => `${label} could not be connected`,
      text: 'Something went wrong on the way. Nothing was changed; try again.',
    },
    expired: {
      title: (label: string) => `${label} is not connected`,
      text: 'The attempt took too long or was already used. Nothing was changed; try again.',
    },
  },

  problems: {
    missing: { title: 'This link is not complete', text: 'Open this page from the app that sent you here.' },
    expired: { title: 'This link has expired', text: 'Ask the app for a new one.' },
    unreachable: {
      title: 'No connection',
      text: 'The server could not be reached. Check your internet connection, and try again.',
    },
    server: { title: 'Something went wrong', text: 'The server could not answer. Try again in a moment.' },
    limited: { title: 'Too many attempts', text: 'Wait a moment, and try again.' },
    refused: {
      title: 'This cannot be connected',
      text: 'The server refused. Please tell the makers of the app that sent you here what it said:',
    },
  },
  limitedFor: (seconds: number) => `Wait ${seconds} seconds, and try again.`,
  tryAgain: 'Try again',

  consentTitle: (label: string) => `Share your ${label} data?`,
  consentNote: (label: string) => `This stands in for ${label}’s own page.`,
  consentText: (label: string) =>
    `With a real account, you would sign in to ${label} here and choose what to share. In the sandbox, an invented ` +
    'person’s data is shared instead.',
  allow: 'Allow',
  deny: 'Deny',
} as const
