"""Format 05: the event log, ten events a page, newest first."""

from datetime import datetime
from typing import NamedTuple

from flows_meter_sync.emop import units
from flows_meter_sync.emop.errors import RecordLengthWrong
from flows_meter_sync.emop.layout import U8, U32, NamedInt, Struct, named

PAGES = range(10)
EVENTS_A_PAGE = 10


class EventId(
    NamedInt,
    names={
        1: "bm_over_current",
        2: "bm_faulty_contactor",
        3: "bm_reverse_energy_detect",
        4: "bm_terminal_cover_removed",
        5: "bm_watchdog_reset",
        6: "bm_nv_write_exceeded",
        7: "bm_metrology_error",
        8: "bm_memory_error",
        9: "bm_module_removed",
        10: "bm_magnetic_fraud",
        11: "bm_non_legal_time",
        15: "bm_spad_1_write",
        16: "bm_spad_2_write",
        17: "dsp_error",
        18: "bm_comms_error",
        19: "gw_comms_error",
        20: "pf_tag_1_error",
        21: "pf_tag_2_error",
        22: "spare_0020",
        23: "spare_0040",
        24: "spare_0080",
        25: "non_legal_time",
        26: "memory_type",
        27: "memory_error",
        28: "watchdog_reset",
        29: "sw_image_wdog",
        30: "sw_image_hes_previous",
        31: "sw_image_applied",
        32: "sw_image_bad",
        33: "event_power_up",
        34: "event_power_dn",
        35: "event_image_received",
        36: "event_log_reset_id",
        37: "event_image_error",
        38: "daily_log_snapshot",
        39: "billing_log_snapshot",
        40: "do_bind_command",
        41: "do_unbind_command",
        42: "new_image_applied",
        43: "watchdog_image_applied",
        44: "previous_image_applied",
        61: "hes_msg_pending",
        62: "sm_comms_error",
        63: "wan_comms_error",
        64: "han_comms_error_gas",
        65: "han_comms_error_ihu",
        66: "han_api_not_responding",
        67: "spare_0040_2",
        68: "spare_0080_2",
        69: "non_legal_time_2",
        70: "memory_type_2",
        71: "memory_error_2",
        72: "watchdog_reset_2",
        73: "sw_image_wdog_2",
        74: "sw_image_hes_previous_2",
        75: "sw_image_applied_2",
        76: "sw_image_bad_2",
        77: "event_image_received_2",
        78: "event_log_reset_id_2",
        80: "han_device_joined",
        81: "han_device_left",
        83: "invalid_wan_message",
        84: "event_power_up_2",
        85: "event_power_down",
        86: "last_gasp_sent_to_hes",
        87: "alarm_sent_to_hes",
        88: "event_image_error_2",
        89: "gw_do_unbind_command",
        90: "gw_do_bind_command",
        91: "gw_new_image_applied",
        92: "gw_watchdog_image_applied",
        93: "gw_previous_image_applied",
        94: "gsm_reset_no_connection",
        95: "status_word_reset",
        96: "zigbee_get_sw_ver_err",
        97: "zigbee_send_mac_link_err",
        98: "zigbee_shutodwn_err",
        99: "zigbee_active_image_err",
        104: "listening_socket_aborted",
        105: "auto_roaming_disable",
    },
):
    """What happened; names as published, errors of spelling included. Ids without a name are kept as numbers."""


class Event(NamedTuple):
    """One event; `event_set` counts those of an id."""

    timestamp: int
    event_id: EventId
    event_set: int

    @property
    def at(self) -> datetime:
        return units.instant(self.timestamp)


EVENT = Struct("EventRec", Event, U32, named(EventId), U8)
PAGE_SIZE = EVENTS_A_PAGE * EVENT.size
NO_EVENT = Event(0, EventId(0), 0)


def decode_page(payload: bytes) -> list[Event]:
    """All ten records of a page, the empty ones too."""
    if len(payload) != PAGE_SIZE:
        raise RecordLengthWrong(f"{EVENTS_A_PAGE} x {EVENT.name}", PAGE_SIZE, len(payload))
    return EVENT.decode_many(payload)


def decode_events(payload: bytes) -> list[Event]:
    """The events of a page: fewer than ten at the end of the log."""
    return [event for event in decode_page(payload) if event.event_id]


def encode_page(events: list[Event]) -> bytes:
    """As a meter sends them: ten, the last ones empty where there are fewer."""
    page = [*events[:EVENTS_A_PAGE], *[NO_EVENT] * (EVENTS_A_PAGE - len(events))]
    return b"".join(map(EVENT.encode, page))
