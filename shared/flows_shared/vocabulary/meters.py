"""Words of the network, its meters and their readings."""

from flows_shared.vocabulary.word import Word


class ServiceHeadType(Word):
    CUSTOMER_OWNED = "customer_owned"
    NETWORK_OWNED = "network_owned"


class MeterMode(Word):
    """passive: it follows another Flows."""

    ACTIVE = "active"
    PASSIVE = "passive"


class InstallationStatus(Word):
    ENABLED = "enabled"
    DISABLED = "disabled"
    DELETED = "deleted"


class Health(Word):
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class Element(Word):
    """Of a meter that counts twice, or the only one."""

    A = "A"
    B = "B"
    SINGLE = "SINGLE"


class Nature(Word):
    """What a register or a circuit measures."""

    HEAT = "heat"
    POWER = "power"
    SOLAR = "solar"


class RegisterStatus(Word):
    ENABLED = "enabled"
    REPLACED = "replaced"


class RunFrequency(Word):
    HOURLY = "hourly"
    TWICE_DAILY = "12hourly"
    DAILY = "daily"


class EstimationMethod(Word):
    WEEKDAY_PROFILE = "weekday_profile"
    LINEAR = "linear"
    WEEKDAY_AVERAGE = "weekday_average"


class IntervalSource(Word):
    """Of half hours that no meter said."""

    IMPORTED = "imported"
    EDITED = "edited"


class WriteKind(Word):
    """A setting that is written to meters."""

    TARIFF = "tariff"
    TOKEN = "token"
    PREPAY = "prepay"
    CLOCK = "clock"
    BACKLIGHT = "backlight"
    LOAD_SWITCH = "load_switch"
    DAYLIGHT_SAVING = "daylight_saving"


class WriteStatus(Word):
    PENDING = "pending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"
