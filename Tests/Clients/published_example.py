# The example of `call.record` as it is published, unchanged but for whose project, token and host these are.
import os

PROJECT, TOKEN, HOST = (os.environ[name] for name in ("REEL_PROJECT", "REEL_TOKEN", "SIGNALWIRE_SPACE"))

from signalwire.relay import RelayClient

client = RelayClient(
 project=PROJECT,
 token=TOKEN,
 host=HOST,
 contexts=["default"],
)

@client.on_call
async def handle_call(call):
 await call.answer()
 await call.play([{"type": "tts", "text": "Leave a message after the beep."}])

 action = await call.record(
 audio={"beep": True, "end_silence_timeout": 3, "terminators": "#"},
 )
 event = await action.wait()

 url = event.params.get("record", {}).get("url", "")
 print(f"Recording saved: {url}")
 await call.hangup()

client.run()
