import { runCommand } from './command.ts'

export interface Kubectl {
  /** kubectl, with the options that name the cluster: to start it oneself. */
  kubectlCommand: string[]
  /** @throws Error with what kubectl said. @returns its stdout */
  kubectl: (...args: string[]) => Promise<string>
  create: (objects: object[]) => Promise<void>
  /** Creates or changes objects, server-side. */
  apply: (...objects: object[]) => Promise<void>
}

export const kubectlFor = (kubectlCommand: string[]): Kubectl => {
  const kubectl = (args: string[], input = ''): Promise<string> => runCommand([...kubectlCommand, ...args], input)
  const list = (items: object[]) => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  return {
    kubectlCommand,
    kubectl: (...args) => kubectl(args),
    create: async (objects) => {
      await kubectl(['create', '-f', '-'], list(objects))
    },
    apply: async (...objects) => {
      await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], list(objects))
    },
  }
}
