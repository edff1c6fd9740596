# The published example of call.record, with the project, the token and the host taken from the environment:
#
#     pip install signalwire-sdk==3.7.5
#     export SIGNALWIRE_SPACE=… SIGNALWIRE_PROJECT_ID=… SIGNALWIRE_API_TOKEN=… SIGNALWIRE_RELAY_CA_FILE=…
#     python examples/service/voicemail.py
from signalwire.relay import RelayClient

client = RelayClient(contexts=["default"])


@client.on_call
async def handle_call(call):
    await call.answer()
    await call.play([{"type": "tts", "text": "Leave a message after the beep."}])

    action = await call.record(
        audio={"beep": True, "end_silence_timeout": 3, "terminators": "#"},
    )
    event = await action.wait()

    url = event.params.get("record", {}).get("url", "")
    print(f"Recording saved: {url}", flush=True)
    await call.hangup()


client.run()
