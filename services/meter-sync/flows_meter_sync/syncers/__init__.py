"""What is read from meters: one file a metric."""

from collections.abc import Iterable
from typing import Final

from flows_meter_sync.errors import MetricUnknown
from flows_meter_sync.syncers.backlight import SyncerBacklight
from flows_meter_sync.syncers.base import Syncer
from flows_meter_sync.syncers.clock_diff import SyncerClockDiff
from flows_meter_sync.syncers.csq import SyncerCsq
from flows_meter_sync.syncers.daylight_savings_enabled import SyncerDaylightSavingsEnabled
from flows_meter_sync.syncers.event_log import SyncerEventLog
from flows_meter_sync.syncers.firmware_version import SyncerFirmwareVersion
from flows_meter_sync.syncers.hardware import SyncerHardware
from flows_meter_sync.syncers.load_switch import SyncerLoadSwitch
from flows_meter_sync.syncers.prepay_balance import SyncerPrepayBalance
from flows_meter_sync.syncers.prepay_enabled import SyncerPrepayEnabled
from flows_meter_sync.syncers.profile_log import SyncerProfileLog
from flows_meter_sync.syncers.reads import SyncerReads
from flows_meter_sync.syncers.serial import SyncerSerial
from flows_meter_sync.syncers.tariffs_active import SyncerTariffsActive
from flows_meter_sync.syncers.tariffs_future import SyncerTariffsFuture
from flows_meter_sync.syncers.voltage import SyncerVoltage

# In the order in which a visit reads them: what is quick and asked for often first, the half hours last.
SYNCERS: Final[dict[str, Syncer]] = {
    syncer.name: syncer
    for syncer in (
        SyncerSerial(),
        SyncerCsq(),
        SyncerVoltage(),
        SyncerPrepayBalance(),
        SyncerEventLog(),
        SyncerReads(),
        SyncerHardware(),
        SyncerFirmwareVersion(),
        SyncerPrepayEnabled(),
        SyncerTariffsActive(),
        SyncerTariffsFuture(),
        SyncerClockDiff(),
        SyncerDaylightSavingsEnabled(),
        SyncerBacklight(),
        SyncerLoadSwitch(),
        SyncerProfileLog(),
    )
}


def syncer_names(given: Iterable[str]) -> list[str]:
    """The names in the tables of metrics given with or without their `Syncer`, in the order of a visit."""
    wanted = {name if name.startswith("Syncer") else f"Syncer{name}" for name in given}
    if unknown := sorted(wanted - set(SYNCERS)):
        raise MetricUnknown(f"no metric is called {', '.join(unknown)}; there are {', '.join(SYNCERS)}")
    return [name for name in SYNCERS if name in wanted]


def syncers_of(names: Iterable[str]) -> list[Syncer]:
    """The syncers of these metrics; a metric that nothing here reads is left to a newer release."""
    wanted = set(names)
    return [syncer for name, syncer in SYNCERS.items() if name in wanted]
