/** Whether this is a page in a browser or a worker of one: they send only such headers as the server's CORS headers allow. */
export const isInPage = (): boolean => 'document' in globalThis || 'WorkerGlobalScope' in globalThis
