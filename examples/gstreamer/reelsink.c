/*
 * reelsink: a GStreamer element that records a call with Reel. It has two sink pads, `caller` and `agent`, made when
 * they are asked for, which take signed 16-bit mono at the rate of the property `rate`.
 *
 *     cc -shared -fPIC reelsink.c $(pkg-config --cflags --libs gstreamer-base-1.0 reel) -o libgstreelsink.so
 *     GST_PLUGIN_PATH=. gst-launch-1.0 -e reelsink name=r location=/var/recordings stereo=true \
 *       audiotestsrc is-live=true ! r.caller  audiotestsrc is-live=true wave=ticks ! r.agent
 *
 * It is a bin of two sinks, which keep to the pipeline's clock. Where samples belong is what their buffers' timestamps
 * say, so what one leg lacks is a filled span of the recording. What the recording tells is posted as messages named
 * `reel`. The options are those of reel.h: set `preset` first, for it sets all others.
 */
#include <gst/base/gstbasesink.h>
#include <gst/gst.h>
#include <reel.h>
#include <string.h>

#define PACKAGE "reelsink"

static GstStaticPadTemplate caller_template = GST_STATIC_PAD_TEMPLATE(
    "caller", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS("audio/x-raw, format=S16LE, channels=1"));
static GstStaticPadTemplate agent_template = GST_STATIC_PAD_TEMPLATE(
    "agent", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS("audio/x-raw, format=S16LE, channels=1"));
static GstStaticPadTemplate leg_template = GST_STATIC_PAD_TEMPLATE(
    "sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS("audio/x-raw, format=S16LE, channels=1"));

/* The element. What points to text in `record` is in `texts` too, which frees it. */
typedef struct {
  GstBin bin;
  gchar *location, *call_id, *control_id, *terminators;
  gint preset, rate;
  gboolean paused;
  reel_record_options record;
  reel_engine *engine;
  reel_call *call;
  reel_recording *recording;
} ReelSink;
typedef struct {
  GstBinClass parent;
} ReelSinkClass;
G_DEFINE_TYPE(ReelSink, reel_sink, GST_TYPE_BIN)

/* One leg: a sink that pushes what comes to it. */
typedef struct {
  GstBaseSink sink;
  ReelSink *owner;
  reel_leg side;
  gint64 next; /* the position after the last sample; -1 before the first */
} ReelLeg;
typedef struct {
  GstBaseSinkClass parent;
} ReelLegClass;
G_DEFINE_TYPE(ReelLeg, reel_leg_sink, GST_TYPE_BASE_SINK)

/* Timestamps may jitter by this without being taken for a gap or an overlap: less than any packet lasts. */
enum { JITTER_MS = 8 };

static GstCaps *leg_get_caps(GstBaseSink *sink, GstCaps *filter) {
  ReelLeg *leg = (ReelLeg *)sink;
  gint rate = leg->owner ? leg->owner->rate : 8000;
  GstCaps *caps = gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout", G_TYPE_STRING,
                                      "interleaved", "channels", G_TYPE_INT, 1, "rate", G_TYPE_INT, rate, NULL);
  if (!filter) return caps;
  GstCaps *both = gst_caps_intersect_full(filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(caps);
  return both;
}

/* Where a buffer belongs: right after the last one, unless its time says that it does not. */
static gint64 position(ReelLeg *leg, GstBuffer *buffer) {
  GstClockTime time = gst_segment_to_running_time(&leg->sink.segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (!GST_CLOCK_TIME_IS_VALID(time)) return leg->next < 0 ? 0 : leg->next;
  gint64 told = (gint64)gst_util_uint64_scale_round(time, (guint64)leg->owner->rate, GST_SECOND);
  gint64 jitter = (gint64)leg->owner->rate * JITTER_MS / 1000;
  return leg->next >= 0 && ABS(told - leg->next) <= jitter ? leg->next : told;
}

static GstFlowReturn leg_render(GstBaseSink *sink, GstBuffer *buffer) {
  ReelLeg *leg = (ReelLeg *)sink;
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return GST_FLOW_ERROR;
  size_t count = map.size / sizeof(int16_t);
  gint64 place = position(leg, buffer);
  reel_status status = reel_call_push_at(leg->owner->call, leg->side, (const int16_t *)map.data, count, place);
  gst_buffer_unmap(buffer, &map);
  leg->next = place + (gint64)count;
  if (status == REEL_OK) return GST_FLOW_OK;
  GST_ELEMENT_ERROR(leg, STREAM, FAILED, ("%s", reel_strerror(status)), (NULL));
  return GST_FLOW_ERROR;
}

static void reel_leg_sink_class_init(ReelLegClass *class) {
  class->parent.get_caps = leg_get_caps;
  class->parent.render = leg_render;
  gst_element_class_add_static_pad_template((GstElementClass *)class, &leg_template);
  gst_element_class_set_static_metadata((GstElementClass *)class, "Leg of a call", "Sink/Audio", "A part of reelsink",
                                        "Reel");
}

static void reel_leg_sink_init(ReelLeg *leg) { leg->next = -1; }

static GstPad *request_pad(GstElement *element, GstPadTemplate *template, const gchar *name, const GstCaps *caps) {
  const gchar *side = GST_PAD_TEMPLATE_NAME_TEMPLATE(template);
  (void)name, (void)caps;
  GstPad *old = gst_element_get_static_pad(element, side);
  if (old) {
    gst_object_unref(old);
    return NULL;
  }
  ReelLeg *leg = g_object_new(reel_leg_sink_get_type(), "name", side, NULL);
  leg->owner = (ReelSink *)element;
  leg->side = strcmp(side, "caller") == 0 ? REEL_CALLER : REEL_AGENT;
  gst_bin_add((GstBin *)element, (GstElement *)leg);
  GstPad *inner = gst_element_get_static_pad((GstElement *)leg, "sink");
  GstPad *pad = gst_ghost_pad_new_from_template(side, inner, template);
  gst_object_unref(inner);
  gst_pad_set_active(pad, TRUE);
  gst_element_add_pad(element, pad);
  return pad;
}

/* On a thread of the engine's: posts what happens. */
static void post(void *context, const reel_event *event) {
  static const char *const kinds[] = {"recording", "paused", "beep-not-played", "dropped", "overrun", "ended"};
  GstStructure *told = gst_structure_new("reel", "event", G_TYPE_STRING, kinds[event->kind], "seconds", G_TYPE_DOUBLE,
                                         event->at_seconds, NULL);
  const reel_summary *summary = event->summary;
  if (summary) gst_structure_set(told, "reason", G_TYPE_STRING, summary->reason_text, NULL);
  if (summary && summary->file_count)
    gst_structure_set(told, "file", G_TYPE_STRING, summary->files[0]->path, NULL);
  gst_element_post_message(context, gst_message_new_element(context, told));
}

static gboolean begin(ReelSink *self) {
  reel_error error;
  reel_engine_options options;
  reel_engine_options_init(&options, sizeof options);
  options.folder = self->location;
  options.workers = 1;
  options.ring_seconds = 5; /* what comes from a file may come in large buffers, each when its first sample is due */
  options.on_event = post;
  options.event_context = self;
  self->record.control_id = self->control_id;
  self->record.terminators = self->terminators;
  if (reel_engine_new(&options, &self->engine, &error) == REEL_OK &&
      reel_call_new(self->engine, self->call_id, self->rate, self->rate, &self->call, &error) == REEL_OK &&
      reel_call_record(self->call, &self->record, &self->recording, &error) == REEL_OK)
    return TRUE;
  GST_ELEMENT_ERROR(self, RESOURCE, OPEN_WRITE, ("%s", error.message), (NULL));
  return FALSE;
}

static void end(ReelSink *self) {
  reel_recording_free(self->recording);
  reel_call_free(self->call);
  reel_engine_free(self->engine);
  self->recording = NULL;
  self->call = NULL;
  self->engine = NULL;
}

static GstStateChangeReturn change_state(GstElement *element, GstStateChange change) {
  ReelSink *self = (ReelSink *)element;
  if (change == GST_STATE_CHANGE_READY_TO_PAUSED && !begin(self)) {
    end(self);
    return GST_STATE_CHANGE_FAILURE;
  }
  GstStateChangeReturn result = GST_ELEMENT_CLASS(reel_sink_parent_class)->change_state(element, change);
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY || result == GST_STATE_CHANGE_FAILURE) end(self);
  return result;
}

/* Properties: those of reel_record_options have the offset of their field. */
enum { TEXT, NUMBER, WHOLE, SWITCH };
#define OPTION(name, kind, field) {name, kind, offsetof(ReelSink, record) + offsetof(reel_record_options, field)}
#define OWN(name, kind, field) {name, kind, offsetof(ReelSink, field)}
enum { PRESET = 1, PAUSED };
static const struct {
  const gchar *name;
  int kind;
  size_t offset;
} properties[] = {
    {NULL, 0, 0},
    OWN("preset", WHOLE, preset),
    OWN("paused", SWITCH, paused),
    OWN("location", TEXT, location),
    OWN("call-id", TEXT, call_id),
    OWN("control-id", TEXT, control_id),
    OWN("terminators", TEXT, terminators),
    OWN("rate", WHOLE, rate),
    OPTION("format", WHOLE, format),
    OPTION("stereo", SWITCH, stereo),
    OPTION("legs", WHOLE, legs),
    OPTION("detects-dtmf", SWITCH, detects_dtmf),
    OPTION("encode", WHOLE, encode),
    OPTION("input-sensitivity", NUMBER, input_sensitivity),
    OPTION("initial-timeout", NUMBER, initial_timeout_seconds),
    OPTION("end-silence-timeout", NUMBER, end_silence_timeout_seconds),
    OPTION("max-length", NUMBER, max_length_seconds),
    OPTION("max-leg-skew", NUMBER, max_leg_skew_seconds),
};

static void set_preset(ReelSink *self) {
  if (reel_record_options_init(&self->record, sizeof self->record, self->preset) != REEL_OK) return;
  g_free(self->terminators);
  self->terminators = g_strdup(self->record.terminators);
}

/* While a recording goes on it rests or goes on; where it can't, nothing changes. */
static void set_paused(ReelSink *self) {
  if (self->recording && self->paused) reel_recording_pause(self->recording, REEL_PAUSE_SILENCE, NULL);
  if (self->recording && !self->paused) reel_recording_resume(self->recording, NULL);
}

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec) {
  (void)spec;
  gpointer field = (gchar *)object + properties[id].offset;
  switch (properties[id].kind) {
  case NUMBER: *(double *)field = g_value_get_double(value); break;
  case WHOLE: *(gint *)field = g_value_get_int(value); break;
  case SWITCH: *(gint *)field = g_value_get_boolean(value); break;
  case TEXT:
    g_free(*(gchar **)field);
    *(gchar **)field = g_value_dup_string(value);
  }
  if (id == PRESET) set_preset((ReelSink *)object);
  if (id == PAUSED) set_paused((ReelSink *)object);
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec) {
  (void)spec;
  gpointer field = (gchar *)object + properties[id].offset;
  switch (properties[id].kind) {
  case NUMBER: g_value_set_double(value, *(double *)field); break;
  case WHOLE: g_value_set_int(value, *(gint *)field); break;
  case SWITCH: g_value_set_boolean(value, *(gint *)field); break;
  case TEXT: g_value_set_string(value, *(gchar **)field);
  }
}

static void finalize(GObject *object) {
  ReelSink *self = (ReelSink *)object;
  g_free(self->location);
  g_free(self->call_id);
  g_free(self->control_id);
  g_free(self->terminators);
  G_OBJECT_CLASS(reel_sink_parent_class)->finalize(object);
}

static GParamSpec *property(const gchar *name, int kind) {
  const gchar *blurb = "As reel.h tells of it";
  switch (kind) {
  case NUMBER: return g_param_spec_double(name, name, blurb, -G_MAXDOUBLE, G_MAXDOUBLE, 0, G_PARAM_READWRITE);
  case WHOLE: return g_param_spec_int(name, name, blurb, G_MININT, G_MAXINT, 0, G_PARAM_READWRITE);
  case SWITCH: return g_param_spec_boolean(name, name, blurb, FALSE, G_PARAM_READWRITE);
  default: return g_param_spec_string(name, name, blurb, NULL, G_PARAM_READWRITE);
  }
}

static void reel_sink_class_init(ReelSinkClass *class) {
  GObjectClass *object = G_OBJECT_CLASS(class);
  GstElementClass *element = GST_ELEMENT_CLASS(class);
  object->set_property = set_property;
  object->get_property = get_property;
  object->finalize = finalize;
  for (guint id = 1; id < G_N_ELEMENTS(properties); id++)
    g_object_class_install_property(object, id, property(properties[id].name, properties[id].kind));
  element->change_state = change_state;
  element->request_new_pad = request_pad;
  gst_element_class_add_static_pad_template(element, &caller_template);
  gst_element_class_add_static_pad_template(element, &agent_template);
  gst_element_class_set_static_metadata(element, "Call recorder", "Sink/Audio", "Records the two legs of a call",
                                        "Reel");
}

static void reel_sink_init(ReelSink *self) {
  self->location = g_strdup(".");
  self->call_id = g_strdup("call");
  self->rate = 8000;
  self->preset = REEL_PRESET_RECORD_CALL;
  set_preset(self);
}

static gboolean plugin_init(GstPlugin *plugin) {
  return gst_element_register(plugin, "reelsink", GST_RANK_NONE, reel_sink_get_type());
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, reelsink, "Records calls with Reel", plugin_init, "0.5",
                  GST_LICENSE_UNKNOWN, PACKAGE, PACKAGE)
