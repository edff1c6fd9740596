/*
 * Records a call of two seconds into a folder, as a media server does: a thread for each leg pushes at the call's pace,
 * the main thread gives commands and prints what happens.
 *
 *     cc embed.c $(pkg-config --cflags --libs reel) -lm -pthread -o embed && mkdir recordings && ./embed recordings
 */
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <reel.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RATE_HZ = 8000, PACKET = 160, PACKETS = 100 };

struct leg {
  reel_call *call;
  reel_leg side;
  double tone_hz;
};

static void fail(const char *what, const reel_error *error) {
  fprintf(stderr, "%s: %s (%s)\n", what, error->message, reel_strerror(error->status));
  exit(1);
}

static void sleep_ms(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&time, NULL);
}

/* A media thread: what it does between two packets is a push, which never waits. */
static void *push(void *argument) {
  const struct leg *leg = argument;
  uint32_t stamp = UINT32_MAX - 4000; /* as RTP has it, a clock begins anywhere, and may wrap */
  for (int packet = 0; packet < PACKETS; packet++, stamp += PACKET) {
    int16_t samples[PACKET];
    for (int i = 0; i < PACKET; i++)
      samples[i] = (int16_t)(8000 * sin(6.283185307 * leg->tone_hz * (packet * PACKET + i) / RATE_HZ));
    reel_call_push_at_stamp(leg->call, leg->side, samples, PACKET, stamp);
    sleep_ms(20);
  }
  return NULL;
}

/* Prints an event; gives whether it is the recording's last. */
static int print(const reel_event *event) {
  const char *id = event->control_id;
  switch (event->kind) {
  case REEL_EVENT_RECORDING: printf("%s records from %.2f s on\n", id, event->at_seconds); break;
  case REEL_EVENT_PAUSED: printf("%s rests at %.2f s\n", id, event->at_seconds); break;
  case REEL_EVENT_OVERRUN: printf("%s lacks %.2f s: a worker was late\n", id, event->lost_seconds); break;
  case REEL_EVENT_DROPPED: printf("%s lacks %.2f s: the disk was late\n", id, event->lost_seconds); break;
  }
  const reel_summary *summary = event->summary;
  if (!summary) return 0;
  printf("%s ended: %s, %.2f s\n", id, summary->reason_text, summary->duration_seconds);
  if (summary->failure) printf("  %s\n", summary->failure);
  for (size_t i = 0; i < summary->file_count; i++) printf("  %s\n", summary->files[i]->path);
  return 1;
}

/* Events come by a descriptor, which a server polls beside its sockets. */
static void print_events(reel_engine *engine) {
  struct pollfd wish = {.events = POLLIN};
  reel_error error;
  if (reel_engine_event_descriptor(engine, &wish.fd, &error)) fail("events", &error);
  for (int is_over = 0; !is_over;) {
    if (poll(&wish, 1, 10000) <= 0) exit(1);
    const reel_event *event;
    while (reel_engine_next_event(engine, &event, &error) == REEL_OK && event) {
      is_over |= print(event);
      reel_event_free(event);
    }
  }
}

int main(int count, char **arguments) {
  reel_error error;
  reel_engine_options options;
  reel_engine_options_init(&options, sizeof options);
  options.folder = count > 1 ? arguments[1] : ".";
  reel_engine *engine;
  if (reel_engine_new(&options, &engine, &error)) fail("engine", &error);

  reel_call *call;
  if (reel_call_new(engine, "embedded", RATE_HZ, RATE_HZ, &call, &error)) fail("call", &error);
  reel_record_options record;
  reel_record_options_init(&record, sizeof record, REEL_PRESET_RECORD_CALL);
  record.control_id = "main";
  record.stereo = 1;
  reel_recording *recording;
  if (reel_call_record(call, &record, &recording, &error)) fail("record", &error);

  struct leg legs[] = {{call, REEL_CALLER, 440}, {call, REEL_AGENT, 1000}};
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, push, &legs[i]);
  sleep_ms(600);
  if (reel_recording_pause(recording, REEL_PAUSE_SILENCE, &error)) fail("pause", &error);
  sleep_ms(400);
  if (reel_recording_resume(recording, &error)) fail("resume", &error);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  if (reel_recording_stop(recording, &error)) fail("stop", &error);
  print_events(engine);

  reel_recording_free(recording);
  reel_call_free(call);
  reel_engine_free(engine);
  return 0;
}
