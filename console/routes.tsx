import { Container } from '@mantine/core'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { ApiProblem } from './api/client.ts'
import { queryClient, sessionQuery } from './api/queries.ts'
import { collectionsSearch } from './screens/collections/collections-search.ts'
import { documentSearch } from './screens/documents/document-search.ts'
import { failuresSearch } from './screens/failures/failures-search.ts'
import { orderSearch } from './screens/orders/order-search.ts'
import { ordersSearch } from './screens/orders/orders-search.ts'
import { proposalsSearch } from './screens/proposals/proposals-search.ts'
import { Failed } from './shared/states.tsx'
import { Shell } from './shell/shell.tsx'

async function signedIn(): Promise<void> {
  try {
    await queryClient.ensureQueryData(sessionQuery)
  } catch (error) {
    // On the way to the page where people sign in; nothing is shown before.
    if (error instanceof ApiProblem && error.status === 401) await new Promise(() => undefined)
    throw error
  }
}

const root = createRootRoute({
  component: Shell,
  beforeLoad: signedIn,
  errorComponent: ({ error }) => (
    <Container size="sm" py="xl">
      <Failed
        error={error instanceof Error ? error : new Error(String(error))}
        again={() => location.reload()}
      />
    </Container>
  ),
})

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/proposals' })
  },
})

const proposals = createRoute({
  getParentRoute: () => root,
  path: '/proposals',
  validateSearch: proposalsSearch,
  component: lazyRouteComponent(() => import('./screens/proposals/proposals.tsx'), 'Proposals'),
})

const noProposal = createRoute({ getParentRoute: () => proposals, path: '/' })

const proposal = createRoute({
  getParentRoute: () => proposals,
  path: '$proposalId',
})

const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  validateSearch: ordersSearch,
  component: lazyRouteComponent(() => import('./screens/orders/orders.tsx'), 'Orders'),
})

const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$orderId',
  validateSearch: orderSearch,
  component: lazyRouteComponent(() => import('./screens/orders/order.tsx'), 'OrderPage'),
})

const failures = createRoute({
  getParentRoute: () => root,
  path: '/failures',
  validateSearch: failuresSearch,
  component: lazyRouteComponent(() => import('./screens/failures/failures.tsx'), 'Failures'),
})

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/failures/$clusterId',
  component: lazyRouteComponent(() => import('./screens/failures/cluster.tsx'), 'ClusterPage'),
})

const collections = createRoute({
  getParentRoute: () => root,
  path: '/collections',
  validateSearch: collectionsSearch,
  component: lazyRouteComponent(
    () => import('./screens/collections/collections.tsx'),
    'Collections',
  ),
})

const account = createRoute({
  getParentRoute: () => root,
  path: '/collections/$customerNumber',
  component: lazyRouteComponent(() => import('./screens/collections/account.tsx'), 'AccountPage'),
})

const document = createRoute({
  getParentRoute: () => root,
  path: '/documents/$documentId',
  validateSearch: documentSearch,
  component: lazyRouteComponent(() => import('./screens/documents/document.tsx'), 'DocumentPage'),
})

/** The console's addresses; each screen is loaded when it is first opened. */
export const router = createRouter({
  routeTree: root.addChildren([
    home,
    proposals.addChildren([noProposal, proposal]),
    orders,
    order,
    failures,
    cluster,
    collections,
    account,
    document,
  ]),
  defaultPreload: 'intent',
  // Whoever comes back to a list finds it where they left it.
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
