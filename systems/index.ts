import type { System } from '../model/system.ts'
import { batchsender } from './batchsender/index.ts'
import { gamemetrics } from './gamemetrics/index.ts'
import { novacron } from './novacron/index.ts'
import { onboarding } from './onboarding/index.ts'
import { todo } from './todo/index.ts'

/** Every system that Holdfast knows, by the name that game days use. */
export const systems: Record<string, System> = { batchsender, gamemetrics, novacron, onboarding, todo }
