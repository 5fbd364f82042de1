import { WebSocket } from 'ws'
import { type Parts, waitUntil } from './parts.ts'

export interface Message {
  sequence: number
  type: string
  task?: { id: string; title: string; done: boolean }
}

/** What the tests call: the Todo App's endpoints as one user. */
export const todoClient = (parts: Parts) => {
  const api = parts.url('api')
  const call = async (method: string, path: string, token: string, body?: unknown) => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    })
    // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
    return { status: response.status, json: (await response.json()) as any }
  }
  const login = (user: string, password = parts.layout.scenarioEnv.TODO_PASSWORD) =>
    call('POST', '/auth/login', '', { user, password })
  return {
    call,
    login,
    tokenOf: async (user: string): Promise<string> => (await login(user)).json.token,
    create: (token: string, id: string, repeats = false) => call('POST', '/tasks', token, { id, title: id, repeats }),
    /** A WebSocket client, connected; `messages` are all that it got so far, hello first. */
    connect: async (token: string, since?: number) => {
      const url = `${parts.url('websocket').replace('http', 'ws')}/events?token=${token}`
      const socket = new WebSocket(since === undefined ? url : `${url}&since=${since}`)
      const messages: Message[] = []
      let failed: Error | undefined
      socket.on('message', (data) => messages.push(JSON.parse(String(data))))
      socket.on('error', (error) => {
        failed = error
      })
      await waitUntil('the server said hello', async () => {
        if (failed) throw failed
        return messages.length > 0
      })
      return { socket, messages }
    },
  }
}
