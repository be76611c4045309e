/** Whether this is a page in a browser, which sends only such headers as the server's CORS headers allow. */
export const isInPage = (): boolean => 'document' in globalThis
