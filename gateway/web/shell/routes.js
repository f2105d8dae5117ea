// The routes of the client. A new view is a file in views/ and a line here. When the server is built, it
// reads from here which paths get the client's page, and what that page preloads: the view and its imports.
//
// `signedIn` and `signedOut` are modules that the view imports itself for such visitors, preloaded as well.
// `access`: `signed-in` or `signed-out` restricts a route; without it, everyone may open it.
// `nav` is its label in the navigation bar, beside its `symbol`; `icon` is the name of a symbol alone.
// `redirect` leads an old address, as in emails and bookmarks, to the new one.

export const routes = [
  {
    path: '/',
    view: '../views/home/welcome.js',
    signedIn: '../views/home/home.js',
    signedOut: '../views/home/playable-court.js',
  },
  { path: '/register', view: '../views/account/register.js', access: 'signed-out' },
  { path: '/login', view: '../views/account/login.js', access: 'signed-out' },
  { path: '/play', view: '../views/play/play.js', access: 'signed-in', nav: 'Play', symbol: 'rally' },
  { path: '/matches', view: '../views/matches/history.js', access: 'signed-in' },
  { path: '/matches/live', view: '../views/matches/live.js', access: 'signed-in' },
  { path: '/matches/:id', view: '../views/match/match.js', access: 'signed-in' },
  { path: '/tournaments', view: '../views/tournaments/tournaments.js', access: 'signed-in' },
  { path: '/tournaments/new', view: '../views/tournaments/create.js', access: 'signed-in' },
  { path: '/tournaments/:id', view: '../views/tournaments/tournament.js', access: 'signed-in' },
  { path: '/leaderboards', view: '../views/leaderboards/leaderboard.js', access: 'signed-in' },
  { path: '/leaderboards/:game', view: '../views/leaderboards/leaderboard.js', access: 'signed-in' },
  { path: '/friends', view: '../views/people/friends.js', access: 'signed-in', nav: 'Friends', symbol: 'friends' },
  { path: '/chats', view: '../views/chat/chats.js', access: 'signed-in', nav: 'Chats', symbol: 'chat' },
  { path: '/chats/:username', view: '../views/chat/chat.js', access: 'signed-in' },
  { path: '/chats/room/:id', view: '../views/chat/room.js', access: 'signed-in' },
  { path: '/chats/lobby/:name', view: '../views/chat/lobby.js', access: 'signed-in' },
  { path: '/invites', view: '../views/invites/invites.js', access: 'signed-in', nav: 'Invites', symbol: 'invite' },
  {
    path: '/notifications',
    view: '../views/notifications/notifications.js',
    access: 'signed-in',
    icon: 'Notifications',
    symbol: 'bell',
  },
  { path: '/people', view: '../views/people/people.js', access: 'signed-in', nav: 'People', symbol: 'search' },
  { path: '/people/:username', view: '../views/people/person.js', access: 'signed-in' },
  { path: '/people/:username/statistics', view: '../views/matches/statistics.js', access: 'signed-in' },
  { path: '/people/:username/tournaments', view: '../views/tournaments/played.js', access: 'signed-in' },
  { path: '/settings', redirect: '/settings/account' },
  { path: '/settings/account', view: '../views/settings/account.js', access: 'signed-in' },
  { path: '/settings/profile', view: '../views/settings/profile.js', access: 'signed-in' },
  { path: '/settings/security', view: '../views/settings/security.js', access: 'signed-in' },
  { path: '/settings/notifications', view: '../views/settings/notifications.js', access: 'signed-in' },
  { path: '/settings/games', view: '../views/settings/games.js', access: 'signed-in' },
  { path: '/settings/privacy', view: '../views/settings/privacy.js', access: 'signed-in' },
  { path: '/settings/data', view: '../views/settings/data.js', access: 'signed-in' },
  { path: '/settings/delete', view: '../views/settings/delete-account.js', access: 'signed-in' },
  { path: '/profile', redirect: '/settings/profile' },
  { path: '/profile/games', redirect: '/settings/games' },
  { path: '/security', redirect: '/settings/security' },
  { path: '/notifications/preferences', redirect: '/settings/notifications' },
  { path: '/account/verify-email', view: '../views/account/verify-email.js' },
  { path: '/account/forgot-password', view: '../views/account/forgot-password.js' },
  { path: '/account/reset-password', view: '../views/account/reset-password.js' },
  { path: '/account/export', redirect: '/settings/data' },
  { path: '/account/delete', redirect: '/settings/delete' },
];
