"""Every table of the clinic. Written by Django."""

import uuid

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import foramen.clinic.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Patient",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(help_text="as the site uses it", max_length=40)),
                ("family_name", models.CharField(max_length=80)),
                ("given_name", models.CharField(max_length=80)),
                ("born", models.DateField()),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "female"), ("male", "male"), ("other", "other")], max_length=6
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("language", models.CharField(default="en", max_length=20)),
            ],
            options={
                "ordering": ("family_name", "given_name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=120)),
                ("service", models.CharField(max_length=120)),
                ("zone", models.CharField(max_length=60)),
                ("parameters", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "shown_as",
                    models.CharField(help_text="as pages name the person, such as Dr L. Vance", max_length=80),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("table", models.CharField(max_length=60)),
                ("operation", models.CharField(max_length=10)),
                ("row", models.CharField(max_length=64)),
                ("old", models.JSONField(null=True)),
                ("new", models.JSONField(null=True)),
                ("context", models.JSONField(default=dict)),
                ("patient", models.UUIDField(help_text="whose record it is, where it is one", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["table", "row"], name="clinic_audi_table_2c0d79_idx"),
                    models.Index(fields=["patient", "id"], name="clinic_audi_patient_7ee7c5_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                ("content", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(help_text="when a worker took it last", null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["done_at", "made_at"], name="clinic_outg_done_at_b2d256_idx")],
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(max_length=20)),
                ("received_at", models.DateTimeField()),
                (
                    "urgency",
                    models.CharField(
                        choices=[("routine", "routine"), ("soon", "soon"), ("same day", "same day")],
                        default="routine",
                        max_length=10,
                    ),
                ),
                ("referrer", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "waiting for triage"), ("accepted", "accepted"), ("declined", "declined")],
                        default="new",
                        max_length=10,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="clinic.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="referrals", to="clinic.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(max_length=20)),
                ("ordered_on", models.DateField()),
                ("quantity", models.PositiveSmallIntegerField(default=2)),
                ("used", models.PositiveSmallIntegerField(default=0)),
                (
                    "modality",
                    models.CharField(
                        choices=[("fluoroscopy", "fluoroscopy"), ("CT", "CT"), ("ultrasound", "ultrasound")],
                        max_length=12,
                    ),
                ),
                (
                    "targets_text",
                    models.CharField(help_text="root, level and side in words, for lists", max_length=200),
                ),
                ("waiting_since", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("used", "used up"), ("closed", "closed")],
                        default="open",
                        max_length=8,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="clinic.patient"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="clinic.referral"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="clinic.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("key", models.UUIDField(primary_key=True, serialize=False)),
                ("verb", models.CharField(max_length=40)),
                ("digest", models.CharField(help_text="of what was sent", max_length=64)),
                ("result", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("code", models.SlugField()),
                ("name", models.CharField(max_length=60)),
                (
                    "modality",
                    models.CharField(
                        choices=[("fluoroscopy", "fluoroscopy"), ("CT", "CT"), ("ultrasound", "ultrasound")],
                        max_length=12,
                    ),
                ),
                ("slot_minutes", models.PositiveSmallIntegerField(default=30)),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("breaks", models.JSONField(blank=True, default=list)),
                ("place", models.PositiveSmallIntegerField(default=0, help_text="order on the board")),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="clinic.site"
                    ),
                ),
            ],
            options={
                "ordering": ("place", "name"),
            },
        ),
        migrations.CreateModel(
            name="PolicyRecord",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("policy", models.CharField(max_length=40)),
                ("text", models.TextField()),
                (
                    "text_sha256",
                    models.CharField(
                        blank=True, help_text="of the text; a text that differs is not used", max_length=64
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("reviewed", "signed by one"),
                            ("active", "in force"),
                            ("superseded", "superseded"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("first_at", models.DateTimeField(null=True)),
                ("second_at", models.DateTimeField(null=True)),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "first_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="policy_records", to="clinic.site"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="patient",
            name="site",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="patients", to="clinic.site"
            ),
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("nurse", "nurse"),
                            ("technologist", "technologist"),
                            ("radiologist", "radiologist"),
                            ("lead", "lead radiologist"),
                            ("coordinator", "coordinator"),
                            ("reader", "reader"),
                            ("statistician", "statistician"),
                            ("analyst", "registry analyst"),
                            ("admin", "site administrator"),
                        ],
                        max_length=12,
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(blank=True, null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="delegations", to="clinic.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=60)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("number", models.CharField(max_length=20)),
                ("start", models.DateTimeField()),
                ("minutes", models.PositiveSmallIntegerField(default=30)),
                ("add_on", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("booked", "booked"),
                            ("arrived", "arrived"),
                            ("ready", "ready"),
                            ("room", "in room"),
                            ("recovery", "recovery"),
                            ("home", "home"),
                            ("cancelled", "cancelled"),
                            ("aborted", "broken off"),
                        ],
                        default="booked",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField()),
                ("plan", models.PositiveSmallIntegerField(default=1)),
                ("letter", models.PositiveSmallIntegerField(default=0)),
                ("targets_text", models.CharField(max_length=200)),
                ("needle_in_at", models.DateTimeField(blank=True, null=True)),
                ("needle_out_at", models.DateTimeField(blank=True, null=True)),
                ("pain_before", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("pain_after", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("readiness", models.JSONField(default=dict)),
                ("readiness_until", models.DateTimeField(blank=True, null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="clinic.order"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="clinic.patient"
                    ),
                ),
                (
                    "radiologist",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="clinic.room"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="clinic.site"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(help_text="name of the schedule's task, or of the rule that asks", max_length=40),
                ),
                ("label", models.CharField(max_length=80)),
                ("due_on", models.DateField()),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("content", models.JSONField(default=dict, help_text="the rest of what the schedule says")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("done", "done"), ("not reached", "not reached"), ("void", "void")],
                        default="open",
                        max_length=12,
                    ),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="clinic.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="clinic.site"
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="clinic.visit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hold plan", "letter before the injection"),
                            ("restart", "sheet to take home"),
                            ("procedure", "letter to the referrer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("start", models.DateTimeField(help_text="the booked start that it holds for")),
                ("language", models.CharField(max_length=20)),
                ("content", models.JSONField()),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="clinic.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="clinic.visit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("verb", models.CharField(help_text="what was asked for when it was judged", max_length=30)),
                ("occasion", models.CharField(max_length=12)),
                ("policy", models.CharField(max_length=40)),
                ("policy_version", models.CharField(max_length=20)),
                ("policy_sha256", models.CharField(max_length=64)),
                ("record_sha256", models.CharField(max_length=64)),
                ("outcome", models.CharField(max_length=6)),
                ("content", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                (
                    "shown_to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="judgements", to="clinic.visit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("content", models.JSONField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("nurse", "nurse"),
                            ("technologist", "technologist"),
                            ("radiologist", "radiologist"),
                            ("lead", "lead radiologist"),
                            ("coordinator", "coordinator"),
                            ("reader", "reader"),
                            ("statistician", "statistician"),
                            ("analyst", "registry analyst"),
                            ("admin", "site administrator"),
                        ],
                        max_length=12,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("late", models.BooleanField(default=False)),
                ("void", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("channel", models.CharField(default="page", max_length=8)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "corrects",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="clinic.fact",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="clinic.order"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="clinic.patient"
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="clinic.referral",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="clinic.visit"
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("kind", models.CharField(max_length=30)),
                ("content", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField()),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.site"),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="clinic.visit"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Crew",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("version", models.PositiveIntegerField(default=1)),
                ("on", models.DateField()),
                (
                    "radiologist",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "technologist",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="crews", to="clinic.room"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("room", "on"), name="crew_of_a_day")],
            },
        ),
        migrations.AddConstraint(
            model_name="room",
            constraint=models.UniqueConstraint(fields=("site", "code"), name="room_code"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["site", "state", "received_at"], name="clinic_refe_site_id_cc4ba5_idx"),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["site", "received_at"], name="clinic_refe_site_id_a797e6_idx"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="referral_number"),
        ),
        migrations.AddConstraint(
            model_name="policyrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "active")), fields=("site", "policy"), name="one_active_policy"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(
                fields=["site", "family_name", "given_name", "id", "number"], name="clinic_pati_site_id_9c87be_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["site", "born", "family_name", "id"], name="clinic_pati_site_id_f53f7c_idx"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=foramen.clinic.models.base.BeginningIndex(fields=["family_name"], name="family_name_beginning"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=foramen.clinic.models.base.BeginningIndex(fields=["given_name"], name="given_name_beginning"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=foramen.clinic.models.base.BeginningIndex(fields=["number"], name="number_beginning"),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="patient_number"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["site", "waiting_since"], name="clinic_orde_site_id_375971_idx"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["patient", "ordered_on"], name="clinic_orde_patient_216abe_idx"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="order_number"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("used__lte", models.F("quantity"))), name="order_not_overdrawn"
            ),
        ),
        migrations.AddIndex(
            model_name="delegation",
            index=models.Index(fields=["person", "site"], name="clinic_dele_person__be1b36_idx"),
        ),
        migrations.AddConstraint(
            model_name="counter",
            constraint=models.UniqueConstraint(fields=("site", "kind", "year"), name="one_counter"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["site", "start"], name="clinic_visi_site_id_c7135e_idx"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["site", "state", "start"], name="clinic_visi_site_id_6c0e90_idx"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["room", "start"], name="clinic_visi_room_id_15e650_idx"),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["patient", "start"], name="clinic_visi_patient_2e7695_idx"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(fields=("site", "number"), name="visit_number"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("cancelled", "aborted")), _negated=True),
                fields=("room", "start"),
                name="one_visit_in_a_slot",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["site", "state", "due_on"], name="clinic_task_site_id_8e9e57_idx"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["site", "state", "closes_on", "id"], name="clinic_task_site_id_099474_idx"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("visit", "kind"), name="one_task_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(fields=("visit", "kind", "number"), name="letter_number"),
        ),
        migrations.AddIndex(
            model_name="judgement",
            index=models.Index(fields=["visit", "policy", "asked_at"], name="clinic_judg_visit_i_1efa7c_idx"),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["visit", "kind"], name="clinic_fact_visit_i_f0f233_idx"),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["patient", "kind"], name="clinic_fact_patient_844a58_idx"),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["order", "kind"], name="clinic_fact_order_i_0512de_idx"),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(fields=["referral", "kind"], name="clinic_fact_referra_3bc5bd_idx"),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("visit", "kind"), name="one_draft_of_a_kind"),
        ),
    ]
