import type { ContainerControl, ContainerState } from './driver.ts'
import type { Evidence } from './wait.ts'

/**
 * Whether a container is still as a fault has set it. One that its engine does not know any more is not.
 * @throws where the engine gives no answer
 */
export const stillSo =
  ({ name, state }: ContainerControl, judge: (now: ContainerState) => Evidence) =>
  async (): Promise<Evidence> => {
    try {
      return judge(await state())
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode !== 404) throw error
      return { ok: false, text: `${name} is not there any more` }
    }
  }
