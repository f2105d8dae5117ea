// @ts-check
// The emoji of the picker, by group, each with the words it is found by.

/** @typedef {{ character: string, words: string }} Emoji */

const GROUPS = {
  Smileys: `
    😀 grinning happy
    😃 smile happy
    😄 laugh happy
    😁 beaming grin
    😆 squinting laugh haha
    😅 sweat nervous laugh
    🤣 rolling laughing rofl
    😂 tears of joy laugh lol
    🙂 slight smile
    🙃 upside down
    😉 wink
    😊 blush smile
    😇 halo innocent angel
    🥰 smiling hearts love
    😍 heart eyes love
    🤩 star struck wow
    😘 kiss
    😋 yum tasty
    😛 tongue
    😜 winking tongue silly
    🤪 zany crazy
    🤗 hug
    🤭 giggle oops
    🤫 quiet shush secret
    🤔 thinking hmm
    🤐 zipper mouth
    🤨 raised eyebrow doubt
    😐 neutral
    😑 expressionless
    😶 no mouth silent
    😏 smirk
    😒 unamused
    🙄 rolling eyes
    😬 grimace awkward
    😌 relieved calm
    😔 pensive sad
    😪 sleepy
    😴 sleeping zzz
    😷 mask ill
    🤒 fever ill
    🤕 hurt bandage
    🤢 nausea sick
    🥵 hot
    🥶 cold freezing
    🥴 dizzy woozy
    🤯 mind blown
    🥳 party celebrate
    😎 cool sunglasses
    🤓 nerd
    🧐 monocle
    😕 confused
    😟 worried
    🙁 frown sad
    😮 surprised oh
    😲 astonished wow
    😳 flushed embarrassed
    🥺 pleading please
    😦 open frown
    😨 fearful afraid
    😰 anxious sweat
    😥 sad relieved
    😢 cry sad
    😭 sobbing cry
    😱 scream fear
    😖 confounded
    😣 persevere
    😞 disappointed
    😓 downcast sweat
    😩 weary
    😫 tired
    🥱 yawn bored
    😤 triumph huff
    😡 angry mad
    😠 angry
    🤬 swearing
    😈 devil
    💀 skull dead
    💩 poop
    🤡 clown
    👻 ghost
    👽 alien
    🤖 robot computer
  `,
  Gestures: `
    👍 thumbs up yes good
    👎 thumbs down no bad
    👌 ok perfect
    ✌️ victory peace
    🤞 fingers crossed luck
    🤟 love you
    🤘 rock horns
    🤙 call me
    👈 left point
    👉 right point
    👆 up point
    👇 down point
    👋 wave hello bye
    🤚 back hand
    ✋ stop hand high five
    👏 clap applause bravo
    🙌 raised hands hooray
    👐 open hands
    🤝 handshake deal good game
    🙏 please thanks pray
    ✍️ writing
    💪 strong muscle
    👀 eyes look
    🧠 brain smart
    🤷 shrug dunno
    🤦 facepalm
    🙋 raise hand me
    🙇 bow sorry
    🏃 run
    💃 dance
    🕺 dance
  `,
  Hearts: `
    ❤️ red heart love
    🧡 orange heart
    💛 yellow heart
    💚 green heart
    💙 blue heart
    💜 purple heart
    🖤 black heart
    🤍 white heart
    💔 broken heart
    💕 two hearts
    💖 sparkling heart
    💯 hundred perfect
    💥 boom collision
    💫 dizzy star
    💦 splash sweat
    💨 dash fast
    💬 speech chat
    💤 sleep zzz
  `,
  Play: `
    🏓 ping pong table tennis paddle
    🎮 game controller
    🕹️ joystick arcade
    🎲 dice
    ♟️ chess pawn
    ❌ cross x
    ⭕ circle o
    🎯 target bullseye
    🏆 trophy win champion
    🥇 gold first medal
    🥈 silver second medal
    🥉 bronze third medal
    🏅 medal
    🎾 tennis
    ⚽ football soccer
    🏀 basketball
    🏐 volleyball
    🏸 badminton
    🥊 boxing
    🏁 finish flag
    🎉 party tada celebrate
    🎊 confetti
    🎈 balloon
    🎁 gift present
    🔥 fire hot lit
    ✨ sparkles
    ⭐ star
    🌟 glowing star
    ⚡ lightning fast
    🚀 rocket launch
    👑 crown king queen
    💎 gem diamond
  `,
  Nature: `
    ☀️ sun
    🌙 moon night
    ☁️ cloud
    🌧️ rain
    ❄️ snow cold
    🌈 rainbow
    🌊 wave sea
    🌱 seedling plant
    🌳 tree
    🌸 blossom flower
    🌹 rose
    🍀 clover luck
    🐶 dog
    🐱 cat
    🐭 mouse
    🐰 rabbit
    🦊 fox
    🐻 bear
    🐼 panda
    🐸 frog
    🐵 monkey
    🐧 penguin
    🦆 duck
    🦉 owl
    🦄 unicorn
    🐝 bee
    🐢 turtle slow
    🐍 snake
    🐙 octopus
    🦈 shark
    🐬 dolphin
  `,
  Food: `
    🍎 apple
    🍌 banana
    🍓 strawberry
    🍉 watermelon
    🥑 avocado
    🥕 carrot
    🍞 bread
    🧀 cheese
    🍕 pizza
    🍔 burger
    🍟 fries
    🌮 taco
    🍣 sushi
    🍜 noodles ramen
    🍿 popcorn
    🍪 cookie
    🍰 cake
    🎂 birthday cake
    🍫 chocolate
    🍦 ice cream
    ☕ coffee
    🍵 tea
    🍺 beer
    🍻 cheers beers
    🍷 wine
    🥂 toast cheers
    🧃 juice
  `,
  Things: `
    ⌛ hourglass wait
    ⏰ alarm clock
    📅 calendar date
    📌 pin
    📎 paperclip
    📷 camera
    🎧 headphones
    🎵 music note
    🎶 music notes
    🎤 microphone
    🎸 guitar
    📱 phone
    💻 laptop
    ⌨️ keyboard
    🖥️ computer screen
    💡 idea light bulb
    🔧 wrench fix
    🔨 hammer
    🐛 bug
    🔒 lock
    🔑 key
    🔗 link
    ✉️ mail
    📚 books
    ✏️ pencil
    💰 money
    🏠 home house
    🚗 car
    🚲 bike
    ✈️ plane travel
    🏖️ beach holiday
    ⛰️ mountain
    🗺️ map
    🏳️ white flag give up
    🔔 bell
    ✅ check done yes
    ❎ no
    ❓ question
    ❗ exclamation
    ⚠️ warning
    🚫 forbidden no
    ➕ plus
    ➡️ right arrow
    🔁 repeat again rematch
    🆗 ok
    🆕 new
  `,
};

/** @param {string} line @returns {Emoji} */
function emojiOf(line) {
  const [character = '', ...words] = line.trim().split(' ');
  return { character, words: words.join(' ') };
}

/** All emoji, in the order in which they are shown. */
export const EMOJI = Object.values(GROUPS).flatMap((lines) => lines.trim().split('\n').map(emojiOf));

/**
 * The emoji that all words of a query begin a word of; all of them for an empty query.
 *
 * @param {string} query
 */
export function findEmoji(query) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  return EMOJI.filter(({ words }) => wanted.every((part) => words.split(' ').some((word) => word.startsWith(part))));
}
