import { KubeConfig } from '@kubernetes/client-node'
import { expect, it } from 'vitest'
import { KubeApi } from './api.ts'

it.each(['x/../../../production', '..', 'a?b', 'a#b', 'a%2f..%2fb', 'a b', 'a//b', ''])(
  'a name that leads elsewhere is no path: "%s"',
  async (name) => {
    const api = new KubeApi(new KubeConfig(), 'http://127.0.0.1:1')
    await expect(api.call('DELETE', `/api/v1/namespaces/shop/configmaps/${name}`)).rejects.toThrow(
      'is no path of objects',
    )
  },
)
