import type { Parts } from './parts.ts'

/** An answer with its JSON body. */
export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  json: any
}

export const get = async (url: string, timeoutMs = 10_000): Promise<Answer> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
  return { status: response.status, json: await response.json() }
}

export const post = async (
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  timeoutMs = 10_000,
): Promise<Answer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, json: await response.json() }
}

/** One value of a part's `/metrics`. */
export const metric = async (parts: Parts, part: string, name: string): Promise<number> => {
  const text = await (await fetch(`${parts.url(part)}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  if (!line) throw new Error(`${part} has no metric ${name}`)
  return Number(line.split(' ')[1])
}

/** One piece of acknowledged ids, as an audit gets them. */
export async function* once<T>(items: T): AsyncGenerator<T> {
  yield items
}
